"""netcover: which network gear is uncovered, unpatchable or near its last date of support.

The code is one line, and the folder listing shows it::

    inventory -> discover -> sweep -> observations -> reconcile -> assess -> plan -> report
                                   (contracts, EoX, advisories) /

Each arrow is one function, each noun one type in :mod:`agent.model`, and
:mod:`agent.pipeline` is that line on one page.
"""

__version__ = "0.1.0"
