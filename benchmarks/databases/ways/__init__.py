"""The ways to isolate tests that are compared."""
