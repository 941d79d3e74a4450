"""What can be typed: one module for each command."""

from billproof.cli.entry import main

__all__ = ["main"]
