"""Nine things that a test may do, each tried with each way to isolate tests."""
