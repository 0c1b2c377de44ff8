"""asyncssh's client connection, cut to what a sweep needs: text in small packets, many times.

asyncssh gives each packet the care that a long tunnel wants. Four things of it cost more than all
its cryptography together, and are done otherwise here:

- Before every packet it sends an empty one (``SSH_MSG_IGNORE``), a system call of its own, against
  an attack on CBC ciphers that no other cipher knows (RFC 4251, section 9.3.1).
- A packet of text passes eight layers that only rarer ones need. With AES-GCM it is opened and
  given to its channel at once, and one to send sealed at once; any other goes asyncssh's own way.
- Each packet is sent by a system call of its own. Here all that what has arrived calls for leaves
  together, as the end of a key exchange and the request that follows it.
- Each connection has its options made anew, in a thread, and each event put into words even
  where no log is kept.

It stands on names that asyncssh does not promise to keep, so `pyproject.toml` holds asyncssh to
the release these were read in, and the tests compare both ways packet by packet.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from copy import copy
from typing import TYPE_CHECKING, Any, Final

import asyncssh
from asyncssh.encryption import GCMEncryption
from asyncssh.logging import SSHLogger
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

if TYPE_CHECKING:
    import socket

_IGNORE: Final = 2
_CHANNEL_DATA: Final = 94
"""Message numbers: RFC 4250, section 4.1.2."""
_TAG: Final = 16
"""Bytes of an AES-GCM tag; RFC 5647, section 5.2."""
_HEAD: Final = 10
"""Bytes before the text: of padding the length, message number, channel, length of the text."""
_BLOCK: Final = 16
_LEAST_PADDING: Final = 4
"""A packet is padded to a multiple of so many bytes, by at least so many: RFC 4253, section 6."""


async def connect(
    client: asyncssh.SSHClient,
    options: asyncssh.SSHClientConnectionOptions,
    where: tuple[str, int],
    username: str,
    *,
    sock: socket.socket | None = None,
    tunnel: asyncssh.SSHClientConnection | None = None,
) -> Connection:
    """Log in as `username` over `sock`, or to `where` through `tunnel`.

    `options` are shared by connections, and not changed.

    :raises asyncssh.Error: as `asyncssh.connect` does.
    :raises OSError: the connection was lost.
    """
    loop = asyncio.get_running_loop()
    mine = copy(options)
    mine.host, mine.port = where
    mine.username = username
    mine.protocol_factory = lambda: client
    mine.waiter = loop.create_future()

    def make() -> Connection:
        return Connection(loop, mine, wait="auth")

    connection: Connection
    if tunnel is not None:
        # To the tunnel, a connection is a session as any other.
        _, connection = await tunnel.create_connection(make, *where)  # type: ignore[arg-type, assignment]
    else:
        _, connection = await loop.create_connection(make, sock=sock)
    try:
        await mine.waiter
    except BaseException:
        connection.abort()
        raise
    return connection


class _Quiet(SSHLogger):
    """Hears nothing: asyncssh puts each event into words before it asks who listens."""

    def log(self, *args: object, **kwargs: object) -> None:
        """Say nothing."""

    def get_child(self, child: str = "", context: str = "") -> SSHLogger:  # noqa: ARG002 - asyncssh's signature
        """The same, for a part of a connection."""
        return self


_QUIET: Final = _Quiet()
_LOG: Final = logging.getLogger("asyncssh")


class Connection(asyncssh.SSHClientConnection):
    """One connection; see the head of this module."""

    _opener: tuple[Any, AESGCM] | None = None
    _sealer: tuple[Any, AESGCM] | None = None
    """The cipher that asyncssh opens or seals packets with, and ours of the same key."""
    _held: list[bytes] | None = None
    """What is to be sent once all that has arrived is taken in; None: at once."""

    @property
    def logger(self) -> SSHLogger:
        """What hears of this connection and its channels; nobody, unless somebody listens."""
        return super().logger if _LOG.isEnabledFor(logging.INFO) else _QUIET

    def send_packet(self, pkttype: int, *args: bytes, handler: Any = None) -> None:  # noqa: ANN401 - asyncssh's own kind
        """Send a packet, but no empty one where the cipher does not chain blocks."""
        if pkttype == _CHANNEL_DATA and self._may_seal():
            self._seal(b"".join((bytes((pkttype,)), *args)))
        elif pkttype != _IGNORE or self._enc_alg_cs.endswith(b"-cbc"):
            super().send_packet(pkttype, *args, handler=handler)

    def _may_seal(self) -> bool:
        """Whether asyncssh would seal text with AES-GCM now, and do nothing else about it."""
        return (
            isinstance(self._send_encryption, GCMEncryption)
            and self._auth_complete
            and self._kex_complete
            and self._rekey_bytes_sent < self._rekey_bytes
            and not (self._rekey_seconds and time.monotonic() >= self._rekey_time)
            and not self._compressor
            and not _LOG.isEnabledFor(logging.DEBUG)
        )

    def _seal(self, payload: bytes) -> None:
        """Send a packet of `payload`."""
        cipher = self._send_encryption._cipher  # type: ignore[union-attr]  # noqa: SLF001
        if self._sealer is None or self._sealer[0] is not cipher:
            self._sealer = (cipher, AESGCM(cipher._key))  # noqa: SLF001
        padding = -(1 + len(payload)) % _BLOCK
        if padding < _LEAST_PADDING:
            padding += _BLOCK
        clear = b"".join((bytes((padding,)), payload, os.urandom(padding)))
        length = len(clear).to_bytes(4, "big")
        sealed = self._sealer[1].encrypt(cipher._iv, clear, length)  # noqa: SLF001
        cipher._update_iv()  # noqa: SLF001
        self._send_seq = (self._send_seq + 1) & 0xFFFFFFFF
        self._rekey_bytes_sent += len(clear)
        self._send(length + sealed)

    def data_received(self, data: bytes, datatype: asyncssh.DataType = None) -> None:
        """Take in what has arrived, and send all that it calls for together."""
        self._held = []
        try:
            super().data_received(data, datatype)
        finally:
            self._release()

    def _send(self, data: bytes) -> None:
        if self._held is None:
            super()._send(data)
        else:
            self._held.append(data)

    def _release(self) -> None:
        held, self._held = self._held, None
        if held:
            super()._send(b"".join(held))

    def _force_close(self, exc: Exception | None) -> None:
        self._release()  # the reason of the end among it
        super()._force_close(exc)

    def log_sent_packet(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - asyncssh's own kinds
        """Put a packet into words, if anybody listens."""
        if _LOG.isEnabledFor(logging.DEBUG):
            super().log_sent_packet(*args, **kwargs)

    def log_received_packet(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - asyncssh's own kinds
        """Put a packet into words, if anybody listens."""
        if _LOG.isEnabledFor(logging.DEBUG):
            super().log_received_packet(*args, **kwargs)

    def _recv_pkthdr(self) -> bool:
        """Take in a packet of text whole, or the header of any other; whether there was one."""
        if self._auth_complete and isinstance(self._recv_encryption, GCMEncryption):
            buffer = self._inpbuf
            length = int.from_bytes(buffer[:4], "big")
            end = 4 + length + _TAG
            if length <= self._max_recv_pktlen:
                if len(buffer) < end:
                    return False
                if self._take(self._opened(buffer[:end]), buffer[end:]):
                    return True
        return super()._recv_pkthdr()

    def _opened(self, sealed: bytes) -> bytes:
        """A packet in clear text, beginning with the length of its padding; empty if forged."""
        cipher = self._recv_encryption._cipher  # type: ignore[union-attr]  # noqa: SLF001
        if self._opener is None or self._opener[0] is not cipher:
            self._opener = (cipher, AESGCM(cipher._key))  # noqa: SLF001
        try:
            return self._opener[1].decrypt(cipher._iv, sealed[4:], sealed[:4])  # noqa: SLF001
        except InvalidTag:
            return b""

    def _take(self, clear: bytes, rest: bytes) -> bool:
        """Give text to its channel and leave the `rest`; whether it was text, all in order."""
        if len(clear) < _HEAD or clear[1] != _CHANNEL_DATA:
            return False
        channel: Any = self._channels.get(int.from_bytes(clear[2:6], "big"))
        text = clear[_HEAD : -clear[0]]
        if channel is None or len(text) != int.from_bytes(clear[6:10], "big"):
            return False
        if channel._recv_state != "open" or len(text) > channel._recv_window:  # noqa: SLF001
            return False
        self._recv_encryption._cipher._update_iv()  # type: ignore[union-attr]  # noqa: SLF001
        self._recv_seq = (self._recv_seq + 1) & 0xFFFFFFFF
        self._auth_final = True
        self._inpbuf = rest  # first: who takes the text may end the connection
        channel._accept_data(text)  # noqa: SLF001
        return True
