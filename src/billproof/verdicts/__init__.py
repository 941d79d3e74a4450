"""From the records of trials to a verdict for each clause, and to one for the backend."""
