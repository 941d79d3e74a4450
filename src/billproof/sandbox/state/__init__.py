"""Keeping accounts over restarts: one SQLite file, a row for each object."""
