"""Whole runs of pytest: the same tests with billproof and with pytest-postgresql."""
