"""How events reach the endpoints that asked for them."""
