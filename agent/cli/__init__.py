"""The command ``netcover``: one module for each noun of the flow.

Results go to stdout, everything else to stderr. Modules import what they need inside their
functions, so that ``netcover --help`` answers at once. This is the only place that asks for
today's date.
"""

import atexit
import gc
import os
import sys

from agent import SEARCHES, plugins
from agent.cli._app import app
from agent.errors import NetcoverError
from agent.terminal import visible


def main() -> None:
    """Run the command line; every error a user can act on is one line and exit code 2."""
    gc.set_threshold(*SEARCHES)
    atexit.register(gc.freeze)  # at the end all is given back without a search
    plugins.modules(sys.modules[__name__])
    try:
        app(standalone_mode=True)
    except NetcoverError as error:
        sys.stderr.write(f"netcover: {visible(str(error))}\n")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.stderr.write("netcover: interrupted\n")
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output has gone; keep Python from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
