"""The fast lane's own way through asyncssh brings what asyncssh itself brings."""

import asyncio
import socket
from contextlib import asynccontextmanager
from unittest.mock import patch

import asyncssh
import pytest
from asyncssh.connection import SSHServerConnection

from agent.transports import _asyncssh
from agent.transports.fast_ssh import ALGORITHMS

KEY = asyncssh.generate_private_key("ssh-ed25519")
USER, PASSWORD = "netcover", "plainly-made-up"
TEXT = "".join(
    f"line {number:06} \u00e4\u20ac\U0001f4e6 {'x' * (number % 90)}\r\n" for number in range(9000)
)
"""About 0.7 MB, more than two windows' halves; characters of one to four bytes."""
IGNORE, NEWKEYS, DATA = 2, 21, 94


class Server(asyncssh.SSHServer):
    def __init__(self, text):
        self.text = text

    def session_requested(self):
        return Screen(self.text)

    def begin_auth(self, username):
        return True

    def password_auth_supported(self):
        return True

    def validate_password(self, username, password):
        return (username, password) == (USER, PASSWORD)


class Screen(asyncssh.SSHServerSession):
    """Prints `text` in pieces of odd sizes, then hangs up."""

    def __init__(self, text):
        self.text = text

    def connection_made(self, chan):
        self.chan = chan

    def shell_requested(self):
        return True

    def session_started(self):
        size = 1
        text = self.text
        while text:
            self.chan.write(text[:size])
            text, size = text[size:], size * 3 % 70_001
        self.chan.exit(0)


class Login(asyncssh.SSHClient):
    def password_auth_requested(self):
        return PASSWORD

    def validate_host_public_key(self, host, addr, port, key):
        return True


class Reader(asyncssh.SSHClientSession):
    def __init__(self):
        self.text = ""
        self.ended = asyncio.Event()
        self.error = None

    def data_received(self, data, datatype):
        self.text += data

    def connection_lost(self, exc):
        self.error = exc
        self.ended.set()


@asynccontextmanager
async def listening(text, **offered):
    """A device that prints `text`; its address."""
    acceptor = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_factory=lambda: Server(text),
        server_host_keys=[KEY],
        line_editor=False,
        **offered,
    )
    try:
        yield "127.0.0.1", acceptor.get_port()
    finally:
        acceptor.close()
        await acceptor.wait_closed()


def arriving(monkeypatch, pieces):
    """Have what arrives come as `pieces` makes it of each piece."""
    take = _asyncssh.Connection.data_received

    def data_received(self, data, datatype=None):
        for piece in pieces(data):
            take(self, piece, datatype)

    monkeypatch.setattr(_asyncssh.Connection, "data_received", data_received)


async def read(where, options=None, *, plain=False):
    """What the device printed, and why the session ended."""
    sock = await connected(where)
    options = options or wishes()
    if plain:
        connection = await asyncssh.connect(
            *where, sock=sock, options=options, username=USER, client_factory=Login
        )
    else:
        connection = await _asyncssh.connect(Login(), options, where, USER, sock=sock)
    reader = Reader()
    try:
        async with asyncio.timeout(30):
            await connection.create_session(lambda: reader, term_type="vt100")
            await reader.ended.wait()
    finally:
        connection.abort()
    return reader.text, reader.error


async def connected(where):
    sock = socket.socket()
    sock.setblocking(False)  # noqa: FBT003 - the library's signature
    await asyncio.get_running_loop().sock_connect(sock, where)
    return sock


def wishes(encryption_algs=ALGORITHMS["encryption_algs"], **more):
    """Options of a client; the cipher is AES-GCM, as in a sweep, where nothing else is wanted."""
    return asyncssh.SSHClientConnectionOptions(
        known_hosts=([], [], []),
        config=None,
        client_keys=None,
        agent_path=None,
        encryption_algs=encryption_algs,
        **more,
    )


@pytest.fixture
def received():
    """The numbers of the messages that a server takes in."""
    numbers = []
    take = SSHServerConnection.log_received_packet

    def log(self, pkttype, *args, **kwargs):
        numbers.append(pkttype)
        take(self, pkttype, *args, **kwargs)

    with patch.object(SSHServerConnection, "log_received_packet", log):
        yield numbers


@pytest.mark.parametrize("cipher", ALGORITHMS["encryption_algs"])
def test_every_cipher_brings_the_text_that_asyncssh_brings(cipher):
    async def both():
        async with listening(TEXT, encryption_algs=[cipher]) as where:
            options = wishes(encryption_algs=[cipher])
            return await read(where, options), await read(where, options, plain=True)

    ours, theirs = asyncio.run(both())
    assert ours == theirs == (TEXT, None)


def test_text_goes_on_after_new_keys(received):
    async def go():
        async with listening(TEXT, rekey_bytes=50_000) as where:
            return await read(where)

    assert asyncio.run(go()) == (TEXT, None)
    assert received.count(NEWKEYS) > 2


def test_pieces_that_end_within_a_packet_are_put_together(monkeypatch):
    arriving(monkeypatch, lambda data: (data[at : at + 7] for at in range(0, len(data), 7)))

    async def go():
        async with listening(TEXT[:20_000]) as where:
            return await read(where)

    assert asyncio.run(go()) == (TEXT[:20_000], None)


def test_a_forged_packet_ends_the_session_and_none_of_its_text_is_taken(monkeypatch):
    seen = 0

    def forged(data):
        nonlocal seen
        for at in range(0, len(data), 1300):
            piece = data[at : at + 1300]
            seen += len(piece)
            yield piece if seen < 400_000 else piece[:-1] + bytes([piece[-1] ^ 1])

    arriving(monkeypatch, forged)

    async def go():
        async with listening(TEXT) as where:
            return await read(where)

    text, error = asyncio.run(go())
    assert 0 < len(text) < len(TEXT)
    assert TEXT.startswith(text)
    assert isinstance(error, asyncssh.MACError)


@pytest.mark.parametrize(
    ("cipher", "empty"), [("aes128-gcm@openssh.com", False), ("aes128-cbc", True)]
)
def test_empty_packets_are_sent_where_the_cipher_chains_blocks(received, cipher, empty):
    async def go():
        async with listening("sw1#", encryption_algs=[cipher]) as where:
            return await read(where, wishes(encryption_algs=[cipher]))

    assert asyncio.run(go()) == ("sw1#", None)
    assert (IGNORE in received) is empty


def test_shared_options_stay_as_they_were():
    async def go():
        options = wishes()
        before = dict(vars(options))
        async with listening("sw1#") as where:
            await asyncio.gather(*(read(where, options) for _ in range(5)))
        return before, vars(options)

    before, after = asyncio.run(go())
    assert before == after


def test_a_packet_longer_than_any_may_be_is_refused_and_not_waited_for():
    async def go():
        async with listening("sw1#") as where:
            sock = await connected(where)
            connection = await _asyncssh.connect(Login(), wishes(), where, USER, sock=sock)
            lost = asyncio.Event()
            errors = []
            connection._owner.connection_lost = lambda exc: (errors.append(exc), lost.set())
            connection.data_received(b"\x7f\xff\xff\xff" + bytes(60))
            async with asyncio.timeout(5):
                await lost.wait()
            return errors[0]

    assert isinstance(asyncio.run(go()), asyncssh.ProtocolError)


class Typing(Screen):
    """Takes in what is typed."""

    def __init__(self):
        super().__init__("")
        self.typed = ""

    def session_started(self):
        """Say nothing."""

    def data_received(self, data, datatype):
        self.typed += data


async def typed(monkeypatch, options, text, **offered):
    """What a device took in of `text`, typed in pieces of many sizes."""
    screen = Typing()
    monkeypatch.setattr(Server, "session_requested", lambda self: screen)
    async with listening("", **offered) as where:
        sock = await connected(where)
        connection = await _asyncssh.connect(Login(), options, where, USER, sock=sock)
        try:
            async with asyncio.timeout(30):
                channel, _ = await connection.create_session(Reader, term_type="vt100")
                at, size = 0, 1
                while at < len(text):
                    channel.write(text[at : at + size])
                    at, size = at + size, size % 97 + 1
                    await asyncio.sleep(0)
                while len(screen.typed) < len(text):  # noqa: ASYNC110 - it knows no event
                    await asyncio.sleep(0.01)
        finally:
            connection.abort()
    return screen.typed


@pytest.mark.parametrize("cipher", ALGORITHMS["encryption_algs"])
def test_what_is_typed_arrives_under_every_cipher(monkeypatch, cipher):
    options = wishes(encryption_algs=[cipher])
    text = TEXT[:30_000]
    assert asyncio.run(typed(monkeypatch, options, text, encryption_algs=[cipher])) == text


def test_what_is_typed_goes_on_after_new_keys(monkeypatch, received):
    text = TEXT[:30_000]
    assert asyncio.run(typed(monkeypatch, wishes(rekey_bytes=8_000), text)) == text
    assert received.count(NEWKEYS) > 2


async def sent(takes_in):
    """What a connection sends, piece by piece, where it takes in what has arrived by `takes_in`."""
    async with listening("sw1#") as where:
        sock = await connected(where)
        connection = await _asyncssh.connect(Login(), wishes(), where, USER, sock=sock)
        pieces = []
        transport = connection._transport
        with patch.object(transport, "write", pieces.append):
            connection._recv_data = lambda: takes_in(connection)
            connection.data_received(b"")
            connection._send(b"later")
        transport.abort()
        return pieces


def test_what_an_arrival_calls_for_leaves_together():
    def takes_in(connection):
        connection._send(b"one, ")
        connection._send(b"two")

    assert asyncio.run(sent(takes_in)) == [b"one, two", b"later"]


def test_the_reason_of_an_end_leaves_before_the_connection_closes():
    def takes_in(connection):
        connection._send(b"reason")
        connection._force_close(None)

    assert asyncio.run(sent(takes_in)) == [b"reason"]
