"""What obedience costs: the reference backend beside a route that does nothing."""
