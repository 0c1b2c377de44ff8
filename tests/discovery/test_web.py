"""What is said over HTTPS, by the polite and by the others."""

import asyncio
import socket

import pytest

from agent.discovery import web
from lab.web import _context

CERTIFICATE = ("certificate", "CN=IOS-Self-Signed-Certificate-1")


async def looked_at(answer, *, tls=True):
    """The result, the clues, and the request that reached a server with this answer."""
    reached = []

    async def serve(reader, writer):
        try:
            reached.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(answer)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    context = _context("IOS-Self-Signed-Certificate-1") if tls else None
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    sock = socket.create_connection(server.sockets[0].getsockname())
    sock.settimeout(0.0)
    try:
        result, clues = await web.look(sock, "192.0.2.1", "443/tcp")
    finally:
        server.close()
    return result, {(clue.kind, clue.text) for clue in clues}, b"".join(reached)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (
            b"HTTP/1.1 200 OK\r\nserver: cisco-IOS\r\n\r\n<TITLE id=x>A &lt;b&gt;\r\n c</TITLE>",
            {("http_server", "cisco-IOS"), ("http_title", "A <b> c")},
        ),
        (b"HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n", set()),
        (b"", set()),
        (b"\x00\xff" * 9000, set()),
        (b"HTTP/1.1 200 OK\r\nServer: a\x1b[31mb\r\n\r\n", {("http_server", "a [31mb")}),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 300_000 + b"<title>late</title>", set()),
        (b"HTTP/1.1 200 OK\r\n\r\n<title></title>", set()),
        (b"HTTP/1.1 200 OK\r\n\r\nServer: in the page\r\n", set()),
    ],
)
def test_what_is_seen(answer, told):
    result, clues, request = asyncio.run(looked_at(answer))
    assert (result, clues) == ("answered", told | {CERTIFICATE})
    assert request == b"GET / HTTP/1.0\r\nHost: 192.0.2.1\r\n\r\n"


def test_who_speaks_no_tls():
    result, clues, _ = asyncio.run(looked_at(b"HTTP/1.1 400 Bad\r\n\r\n\r\n\r\n", tls=False))
    assert (result.startswith("no TLS") or result == "silent", clues) == (True, set())


def test_who_says_nothing(monkeypatch):
    monkeypatch.setattr(web, "SECONDS", 0.3)
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        sock = socket.create_connection(mute.getsockname())
        sock.settimeout(0.0)
        assert asyncio.run(web.look(sock, "::1", "443/tcp")) == ("silent", ())
    assert sock.fileno() == -1
