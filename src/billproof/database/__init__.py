"""A database of its own for each test, without paying for its migrations each time."""
