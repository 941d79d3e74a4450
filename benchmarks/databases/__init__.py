"""What a database of its own costs each test, beside the other ways to isolate one, in one run."""
