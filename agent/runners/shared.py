"""What all workers share: imported once, by the server that forks them."""

from __future__ import annotations

from agent.platforms import platforms
from agent.runners import worker

platforms()

__all__ = ["worker"]
