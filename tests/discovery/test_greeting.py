"""What is said first, by the polite and by the others."""

import asyncio
import socket

import pytest

from agent.discovery import greeting
from agent.model import Clue

IDENTIFICATION = Clue("ssh_banner", "22/tcp", "SSH-2.0-Cisco-1.25")


async def heard_from(talk):
    """What `greeting.listen` makes of a server that talks like that; what reached the server."""
    reached = []

    async def serve(reader, writer):
        try:
            await talk(writer)
            reached.append(await reader.read())
        except OSError:
            reached.append(b"")
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    sock = socket.create_connection(server.sockets[0].getsockname())
    sock.settimeout(0.0)
    try:
        clues = await greeting.listen(sock, "22/tcp")
        await asyncio.sleep(0.05)
    finally:
        server.close()
    return clues, reached


def says(*pieces, pause=0.0):
    async def talk(writer):
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)

    return talk


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(greeting, "SECONDS", 0.5)


@pytest.mark.parametrize(
    ("talk", "clues"),
    [
        (says(b"SSH-2.0-Cisco-1.25\r\n"), (IDENTIFICATION,)),
        (says(b"SSH-2.0-Cisco-1.25\n"), (IDENTIFICATION,)),
        (says(b"SSH-2.0-", b"Cisco-1", b".25\r\n", pause=0.05), (IDENTIFICATION,)),
        # RFC 4253, 4.2: other lines may come before
        (says(b"Welcome\r\nto all\r\nSSH-2.0-Cisco-1.25\r\n"), (IDENTIFICATION,)),
        (says(b"220 mail\r\n"), (Clue("tcp", "22/tcp", "says '220 mail'"),)),
        (says(b"\x1b[2J\x00login: "), (Clue("tcp", "22/tcp", "says '[2J login:'"),)),
        (says(b"x" * 100_000), (Clue("tcp", "22/tcp", f"says {'x' * 500!r}"),)),
        (says(b"\r\n" * 50_000), ()),
        (says(), ()),
        (says(*[b"endless\r\n"] * 100, pause=0.02), (Clue("tcp", "22/tcp", "says 'endless'"),)),
        (
            says(b"SSH-2.0-" + b"y" * 5000 + b"\n"),
            (Clue("ssh_banner", "22/tcp", "SSH-2.0-" + "y" * 492),),
        ),
    ],
)
def test_what_is_heard(talk, clues):
    found, reached = asyncio.run(heard_from(talk))
    assert found == clues
    assert b"".join(reached) == b""  # nothing is said to anybody


def test_who_hangs_up_at_once():
    async def talk(writer):
        writer.transport.abort()

    assert asyncio.run(heard_from(talk))[0] == ()
