"""How a backend is reached: hosted here, started by a command, or already running."""
