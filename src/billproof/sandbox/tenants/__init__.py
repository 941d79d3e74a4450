"""Each secret key's account, and what is kept about it besides: calls, faults, keys."""
