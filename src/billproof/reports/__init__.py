"""What people and other programs read of a run: made from its published results alone."""
