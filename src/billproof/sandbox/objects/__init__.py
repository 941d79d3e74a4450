"""What an account holds: its objects, their identifiers, events and refusals."""
