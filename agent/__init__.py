"""netcover: which network gear is uncovered, unpatchable or near its last date of support.

The code is one line, and the folder listing shows it::

    inventory -> discover -> sweep -> observations -> reconcile -> assess -> plan -> report
                                   (contracts, EoX, advisories) /

Each arrow is one function, each noun one type in :mod:`agent.model`, and
:mod:`agent.pipeline` is that line on one page.
"""

__version__ = "0.1.0"

SEARCHES = (50_000, 20, 20)
"""When our processes look for cycles (`gc.set_threshold`). By default Python does each 700 values:
nearly all that a command or a session makes lives until it ends, and is looked at again each time
(a tenth of what a sweep's leading process takes)."""
