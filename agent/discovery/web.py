"""What a host says of itself over HTTPS: the certificate's subject, the server, the page's title.

No certificate is trusted, for nothing secret is sent: one ``GET /`` without any header of ours.
"""

from __future__ import annotations

import asyncio
import html
import re
import ssl
from typing import TYPE_CHECKING

from cryptography import x509

from agent.discovery.identity import shown
from agent.model import Clue

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterable

SECONDS = 5.0
"""Small devices take seconds for a handshake."""
MOST_OCTETS = 65_536

_SERVER = re.compile(rb"^Server:[ \t]*(.+?)\r?$", re.IGNORECASE | re.MULTILINE)
_TITLE = re.compile(rb"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)


async def look(sock: socket.socket, host: str, origin: str) -> tuple[str, tuple[Clue, ...]]:
    """Shake hands, ask for the first page and hang up: the result in words, and what was said."""
    clues: list[Clue] = []
    try:
        async with asyncio.timeout(SECONDS):
            # asyncio's own limit of a handshake has to be the longer one, or it would win.
            reader, writer = await asyncio.open_connection(
                sock=sock, ssl=_context(), server_hostname="", ssl_handshake_timeout=2 * SECONDS
            )
            try:
                clues += _certificate(writer.get_extra_info("ssl_object"), origin)
                writer.write(f"GET / HTTP/1.0\r\nHost: {_bracketed(host)}\r\n\r\n".encode())
                clues += _page(await _read(reader), origin)
            finally:
                writer.transport.abort()
    except TimeoutError:
        return "silent", tuple(clues)
    except (OSError, ssl.SSLError) as error:
        return f"no TLS ({shown(getattr(error, 'reason', None) or str(error))})", tuple(clues)
    finally:
        sock.close()
    return "answered", tuple(clues)


def _context() -> ssl.SSLContext:
    """A context that also speaks what only old devices do; who answers is not believed anyway."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


async def _read(reader: asyncio.StreamReader) -> bytes:
    page = b""
    while len(page) < MOST_OCTETS and (piece := await reader.read(MOST_OCTETS)):
        page += piece
        if b"</title>" in page.lower():
            break
    return page


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _certificate(tls: ssl.SSLObject, origin: str) -> Iterable[Clue]:
    raw = tls.getpeercert(binary_form=True)
    if not raw:
        return
    try:
        subject = x509.load_der_x509_certificate(raw).subject.rfc4514_string()
    except ValueError:
        subject = "a certificate that cannot be read"
    yield Clue("certificate", origin, shown(subject))


def _page(page: bytes, origin: str) -> Iterable[Clue]:
    head, _, body = page.partition(b"\r\n\r\n")
    if server := _SERVER.search(head):
        yield Clue("http_server", origin, shown(server[1]))
    if (title := _TITLE.search(body)) and (text := shown(title[1])):
        yield Clue("http_title", origin, shown(html.unescape(text)))
