"""A range scan as scripts do it today: a pool of threads, each connecting to one address.

    python threaded_scan.py PREFIX THREADS TIMEOUT

Prints one JSON object: the addresses that answered, and how long it took in seconds.
"""

from __future__ import annotations

import json
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network


def banner(address: str, timeout: float) -> str | None:
    """What is said at port 22; None where nobody answers."""
    try:
        with socket.create_connection((address, 22), timeout) as connection:
            return connection.recv(255).decode("latin-1")
    except OSError:
        return None


def main() -> int:
    """Scan and print."""
    prefix, threads, timeout = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    addresses = list(map(str, ip_network(prefix).hosts()))
    began = time.monotonic()
    with ThreadPoolExecutor(threads) as pool:
        said = list(pool.map(lambda address: banner(address, timeout), addresses))
    found = [address for address, text in zip(addresses, said, strict=True) if text]
    print(json.dumps({"found": len(found), "seconds": time.monotonic() - began}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
