"""What all workers share: imported once, by the server that forks them."""

from __future__ import annotations

import gc
from importlib import import_module

from agent import SEARCHES
from agent.platforms import platforms

gc.disable()  # all that an import makes stays
for _name in ("agent.runners.worker", "agent.transports.fast_ssh"):
    import_module(_name)
platforms()
# What is here stays: a worker's collector need not look at it, nor copy its pages to mark them.
gc.freeze()
gc.set_threshold(*SEARCHES)
gc.enable()
