"""How long a verdict takes, by each way to a backend, and which clauses take the longest."""
