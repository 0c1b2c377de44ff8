"""Values between two processes: heard in the order they were sent, and no end waits for the other.

Values that are sent close together travel together: waking the other process costs more than most
of them do.
"""

from __future__ import annotations

import asyncio
import pickle
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

LINGER: Final = 0.02
"""Seconds that a value waits for others to travel with."""
_HEAD: Final = 4
"""Bytes before values that travel together: their length."""
_AT_ONCE: Final = 1 << 18
"""Bytes taken in at once."""


class Wire:
    """One end of a connected pair of sockets, in the running event loop.

    `heard` is called with each value. `ended` is called once, when the other end has gone, or with
    the error that kept a value from being sent or heard; not after `close`. Values come from our
    own processes alone: they are pickled.
    """

    def __init__(
        self,
        sock: socket.socket,
        heard: Callable[[Any], None],
        ended: Callable[[Exception | None], None],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._sock = sock
        self._heard = heard
        self._ended = ended
        self._open = True
        self._lingering: list[object] = []
        self._received = bytearray()
        self._unsent = bytearray()
        sock.setblocking(False)  # noqa: FBT003 - the library's signature
        self._loop.add_reader(sock, self._receive)

    def send(self, value: object) -> None:
        """Send a value before long, by itself; never where the other end has gone."""
        if not self._lingering:
            self._loop.call_later(LINGER, self._depart)
        self._lingering.append(value)

    def close(self) -> None:
        """Hear and send no more."""
        if self._open:
            self._open = False
            self._loop.remove_reader(self._sock)
            self._loop.remove_writer(self._sock)
            self._sock.close()

    def _depart(self) -> None:
        values, self._lingering = self._lingering, []
        if not self._open:
            return
        try:
            packed = pickle.dumps(values, pickle.HIGHEST_PROTOCOL)
            self._unsent += len(packed).to_bytes(_HEAD, "big") + packed
        except Exception as error:  # noqa: BLE001 - told to who can act on it
            self._end(error)
        else:
            self._push()

    def _push(self) -> None:
        """Send what waits, now and whenever there is room again."""
        try:
            sent = self._sock.send(self._unsent)
        except BlockingIOError:
            sent = 0
        except OSError:  # the other end has gone: told where it is read
            sent = len(self._unsent)
        del self._unsent[:sent]
        if self._unsent:
            self._loop.add_writer(self._sock, self._push)
        else:
            self._loop.remove_writer(self._sock)

    def _receive(self) -> None:
        try:
            data = self._sock.recv(_AT_ONCE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._end(None)
            return
        self._received += data
        try:
            self._hear()
        except Exception as error:  # noqa: BLE001 - told to who can act on it
            self._end(error)

    def _end(self, error: Exception | None) -> None:
        self.close()
        self._ended(error)

    def _hear(self) -> None:
        """Give away every value that is there whole."""
        received = self._received
        start = 0
        while len(received) >= start + _HEAD:
            begin = start + _HEAD
            end = begin + int.from_bytes(received[start:begin], "big")
            if len(received) < end:
                break
            values = pickle.loads(memoryview(received)[begin:end])  # noqa: S301 - our own process sent it
            for value in values:
                self._heard(value)
            start = end
        del received[:start]
