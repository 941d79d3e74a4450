"""The customer portal: what somebody subscribes to, and all that he may change of it."""
