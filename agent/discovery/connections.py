"""TCP connections by the thousand: no task for each, and one queue in which they grow old."""

from __future__ import annotations

import asyncio
import errno
import os
import resource
import socket
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Done = Callable[[str, socket.socket | None], None]
    Repeated = Callable[[str, int], None]

MOST_OPEN = 8192
REPEAT_SECONDS = 1.0
"""After so long without an answer the system sends a SYN again (RFC 6298), here once at most."""
SPARE_FILES = 64

_NO_ROOM = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EADDRNOTAVAIL}
_RESULTS = {
    errno.ECONNREFUSED: "refused",
    errno.ECONNRESET: "refused",
    errno.ETIMEDOUT: "silent",
    errno.EHOSTUNREACH: "unreachable",
    errno.ENETUNREACH: "unreachable",
    errno.EHOSTDOWN: "unreachable",
    errno.EACCES: "not_sent",  # a broadcast address, or a rule of this machine
    errno.EPERM: "not_sent",
    errno.EINVAL: "not_sent",
}


def room() -> int:
    """How many connections may be open at once; the limit of open files is raised for it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_OPEN + SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))
        soft = max(soft, most)
    return MOST_OPEN if soft == resource.RLIM_INFINITY else max(8, min(MOST_OPEN, soft // 2))


class Connections:
    """Connections under way.

    `timeout` in seconds; where it is longer than `REPEAT_SECONDS`, a lost SYN is made up for by a
    second one, of which `repeated` is told address and port.
    """

    def __init__(self, timeout: float, repeated: Repeated) -> None:
        self._loop = asyncio.get_running_loop()
        self._timeout = timeout
        self._repeated = repeated
        self._open: dict[int, tuple[socket.socket, Done]] = {}
        self._ages: deque[tuple[float, int, socket.socket]] = deque()
        self._young: deque[tuple[float, int, socket.socket, str, int]] = deque()

    def __len__(self) -> int:
        return len(self._open)

    def begin(self, address: str, port: int, version: int, done: Done) -> bool:
        """Connect; `done` is called with the result, and the socket where it is ``open``.

        False where this machine has no socket to spare: nothing was sent, try again later.
        """
        family = socket.AF_INET if version == 4 else socket.AF_INET6  # noqa: PLR2004
        try:
            sock = socket.socket(family, socket.SOCK_STREAM)
        except OSError as error:
            if error.errno in _NO_ROOM:
                return False
            done(result(error.errno), None)
            return True
        sock.settimeout(0.0)
        if hasattr(socket, "TCP_SYNCNT"):  # Linux
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_SYNCNT, 1)
        code = sock.connect_ex((address, port))
        if code in _NO_ROOM:
            sock.close()
            return False
        if code in {0, errno.EINPROGRESS}:
            number = sock.fileno()
            self._open[number] = sock, done
            now = self._loop.time()
            self._ages.append((now + self._timeout, number, sock))
            if self._timeout > REPEAT_SECONDS:
                self._young.append((now + REPEAT_SECONDS, number, sock, address, port))
            self._loop.add_writer(number, self._ready, number)
        else:
            sock.close()
            done(result(code), None)
        return True

    def age(self, now: float) -> None:
        """Tell whose SYN was repeated; end what is older than the time-out as ``silent``."""
        while self._young and self._young[0][0] <= now:
            _, number, sock, address, port = self._young.popleft()
            if self._is(number, sock):
                self._repeated(address, port)
        while self._ages and self._ages[0][0] <= now:
            _, number, sock = self._ages.popleft()
            if self._is(number, sock):
                self._end(number, "silent")

    def close(self) -> None:
        """End all: ``interrupted``."""
        for number in list(self._open):
            self._end(number, "interrupted")

    def _is(self, number: int, sock: socket.socket) -> bool:
        """Whether `sock` is still under way; its number may be another's by now."""
        known = self._open.get(number)
        return known is not None and known[0] is sock

    def _ready(self, number: int) -> None:
        sock = self._open[number][0]
        code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            self._end(number, result(code))
            return
        self._loop.remove_writer(number)
        _, done = self._open.pop(number)
        done("open", sock)

    def _end(self, number: int, how: str) -> None:
        self._loop.remove_writer(number)
        sock, done = self._open.pop(number)
        sock.close()
        done(how, None)


def result(code: int | None) -> str:
    """What an error of the system means for the host that was called."""
    return _RESULTS.get(code or 0) or f"not_sent ({os.strerror(code or 0)})"
