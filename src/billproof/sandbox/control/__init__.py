"""The control API under `/_sandbox/`: what a test does that no merchant can."""
