"""The web page of a device or a stranger: a certificate it signed itself, a server, a title."""

from __future__ import annotations

import asyncio
import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import Field

from lab.record import Record

if TYPE_CHECKING:
    import socket

_LIFE = timedelta(days=30)


class Web(Record):
    """What a browser would see at an address. `certificate` is the common name of its subject."""

    port: int = Field(ge=1, le=65535)
    certificate: str
    server: str | None = None
    title: str | None = None

    async def listen(self, sock: socket.socket) -> asyncio.Server:
        """Serve the page on a bound socket."""
        return await asyncio.start_server(self._serve, sock=sock, ssl=_context(self.certificate))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(10):
                await reader.readuntil(b"\r\n\r\n")
            server = f"Server: {self.server}\r\n" if self.server else ""
            title = f"<title>{self.title}</title>" if self.title else ""
            page = f"<html><head>{title}</head><body></body></html>"
            writer.write(f"HTTP/1.0 200 OK\r\n{server}\r\n{page}".encode())
            await writer.drain()
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()


@cache
def _context(name: str) -> ssl.SSLContext:
    """TLS with a certificate of this name, made at the first use."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _LIFE)
        .sign(key, hashes.SHA256())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        chain = Path(folder) / "chain.pem"
        chain.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context.load_cert_chain(chain)
    return context
