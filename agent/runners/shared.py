"""What all workers share: imported once, by the server that forks them."""

from __future__ import annotations

import gc

from agent.platforms import platforms
from agent.runners import worker
from agent.transports import fast_ssh

platforms()
# What is here stays: a worker's collector need not look at it, nor copy its pages to mark them.
gc.freeze()

__all__ = ["fast_ssh", "worker"]
