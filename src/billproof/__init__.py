"""The machine: runs the contract suite against a backend and says what holds."""

__version__ = "0.1.0"
