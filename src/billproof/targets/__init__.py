"""How a backend is reached: hosted here, started by a command, or already running."""

from billproof.targets.opening import open_target
from billproof.targets.protocol import Backend, Launched, Target

__all__ = ["Backend", "Launched", "Target", "open_target"]
