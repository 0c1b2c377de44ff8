"""``python -m lab``: the lab as a process of its own, which ends with the one that started it."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path

from lab.errors import LabError
from lab.estate import grow, load_estate
from lab.server import serve_forever


async def _end_of_input() -> None:
    """Wait until whoever started us closes our standard input, by intent or by dying."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m lab", description="Keep the lab running.")
    parser.add_argument("--estate", type=Path, help="estate file; the packaged one if left out")
    parser.add_argument("--hosts", type=int, help="grow the estate to this many hosts")
    parser.add_argument("--port", type=int, help="port of every device; 0 takes a free one")
    parser.add_argument("--login-delay", type=float, default=0.0, help="seconds")
    parser.add_argument("--command-delay", type=float, default=0.0, help="seconds")
    parser.add_argument("--jitter", type=float, default=0.0, help="share of a delay, 0 to 1")
    parser.add_argument("--command-log", type=Path, help="JSON lines of every command received")
    parser.add_argument("--snmp-port", type=int, help="SNMP agents on this UDP port; 0: a free one")
    parser.add_argument("--until-eof", action="store_true", help="stop when standard input ends")
    return parser.parse_args()


def main() -> int:
    """Serve; the first line on standard output says where."""
    options = _arguments()
    try:
        estate = load_estate(options.estate)
        if options.hosts is not None:
            estate = grow(estate, options.hosts)
        serve_forever(
            estate,
            port=options.port,
            login_delay=options.login_delay,
            command_delay=options.command_delay,
            jitter=options.jitter,
            command_log=options.command_log,
            snmp_port=options.snmp_port,
            ready=lambda lab: print(  # noqa: T201  # the one line of output
                json.dumps(
                    {"port": lab.port, "snmp_port": lab.snmp_port, "hosts": len(estate.hosts)}
                ),
                flush=True,
            ),
            until=_end_of_input if options.until_eof else None,
        )
    except LabError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
