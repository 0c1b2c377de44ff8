"""SSH on asyncio through asyncssh: the fast lane, hundreds of sessions in one event loop."""

from __future__ import annotations

import asyncio
import errno
import socket
from contextlib import suppress
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

import asyncssh

from agent.errors import HostFailureError
from agent.model import Output, UnreachedKind
from agent.platforms import platform as platform_named
from agent.transports import _asyncssh, now, tunnels
from agent.transports._on_thread import on_thread
from agent.transports.dialogue import Dialogue, OutputTooLongError
from agent.transports.gate import Gate, hidden
from agent.transports.host_keys import HostKey, is_new
from agent.transports.targets import METHODS, NO_KEYS
from agent.transports.tunnels import Jump

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from agent.inventory.credentials import ClientKeys
    from agent.transports.targets import Seen, Target

# Fast and modern first (a group14 handshake costs several times a curve25519 one); what old
# devices need stands last and is taken only where nothing better is offered.
ALGORITHMS: Final = {
    "kex_algs": (
        "curve25519-sha256",
        "curve25519-sha256@libssh.org",
        "ecdh-sha2-nistp256",
        "ecdh-sha2-nistp384",
        "ecdh-sha2-nistp521",
        "diffie-hellman-group14-sha256",
        "diffie-hellman-group-exchange-sha256",
        "diffie-hellman-group16-sha512",
        "diffie-hellman-group14-sha1",
        "diffie-hellman-group-exchange-sha1",
        "diffie-hellman-group1-sha1",
    ),
    "encryption_algs": (
        "aes128-gcm@openssh.com",
        "aes256-gcm@openssh.com",
        "aes128-ctr",
        "aes192-ctr",
        "aes256-ctr",
        "aes128-cbc",
        "aes256-cbc",
        "3des-cbc",
    ),
    "mac_algs": (
        "hmac-sha2-256-etm@openssh.com",
        "hmac-sha2-256",
        "hmac-sha2-512",
        "hmac-sha1",
    ),
    "server_host_key_algs": (
        "ssh-ed25519",
        "ecdsa-sha2-nistp256",
        "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521",
        "rsa-sha2-256",
        "rsa-sha2-512",
        "ssh-rsa",
    ),
}
KEEP_ALIVE: Final = 15
"""Seconds between two signs of life to a jump host; a device gets none."""
_STEPS: Final = ("the connection", "the key exchange", "the login", "the session")


MOST_KEYS: Final = 2
"""A device counts each key that it refuses, and most hang up after three: the password is next."""


async def collect(
    target: Target,
    logged_in: Callable[[], None],
    keys: ClientKeys = NO_KEYS,
    seen: Seen = lambda name, key: None,  # noqa: ARG005 - a default that does nothing
) -> tuple[Output, ...]:
    """Log in, send every command the platform declares, and log out.

    `logged_in` is called once the device has taken the credentials.

    :raises HostFailureError: with the typed reason, and what was printed before it.
    """
    device = platform_named(target.platform)
    gate = Gate(device, target.secret)
    connection, client = await _arrive(target, keys, seen)
    logged_in()
    found: list[tuple[str, str]] = []
    times: list[datetime] = []
    try:
        wire = await _shell(connection, client, target.timeout)
        dialogue = Dialogue(wire, gate, target.timeout)
        await dialogue.begin(secret=target.secret if device.enable else None)
        await dialogue.prepare([c for c in device.session if c.startswith("terminal ")])
        for command in device.commands:
            await dialogue.collect(found, command.text)
            times.append(now())
        await dialogue.end(found, "exit")
    except (HostFailureError, OutputTooLongError) as failure:
        failure.outputs = tuple(found)
        if isinstance(failure, HostFailureError):
            failure.reason = hidden(failure.reason, target.password, target.secret)
        raise
    finally:
        connection.abort()
    return tuple(
        Output(command, text, moment) for (command, text), moment in zip(found, times, strict=True)
    )


async def _arrive(
    target: Target, keys: ClientKeys, seen: Seen
) -> tuple[asyncssh.SSHClientConnection, _Client]:
    """Log in, through the jump host where there is one."""
    if target.jump is not None:
        through = await tunnels.tunnel(target.jump, partial(_reach, keys=keys, seen=seen))
        return await _log_in(target, keys, seen, tunnel=through)
    sock = await _connect(target)
    try:
        return await _log_in(target, keys, seen, sock=sock)
    except BaseException:
        sock.close()
        raise


async def _reach(jump: Jump, keys: ClientKeys, seen: Seen) -> asyncssh.SSHClientConnection:
    """Log in to a jump host."""
    sock = await _connect(jump)
    try:
        connection, _ = await _log_in(jump, keys, seen, sock=sock)
    except BaseException:
        sock.close()
        raise
    return connection


async def close() -> None:
    """Close what the sessions of this event loop shared."""
    await tunnels.close()
    agent = _agents.pop(asyncio.get_running_loop(), None)
    if agent is not None:
        agent.close()
        await agent.wait_closed()


async def _connect(target: Target | Jump) -> socket.socket:
    """Resolve and connect; each way to fail keeps its own name."""
    loop = asyncio.get_running_loop()
    where = f"{target.address} port {target.port}"
    family, kind, protocol, _, address = (await _resolve(target))[0]
    sock = socket.socket(family, kind, protocol)
    sock.setblocking(False)  # noqa: FBT003 - the library's signature
    try:
        async with asyncio.timeout(target.timeout):
            await loop.sock_connect(sock, address)
    except OSError as error:
        sock.close()
        raise _connect_failure(error, where, target.timeout) from None
    except BaseException:
        sock.close()
        raise
    return sock


async def _resolve(target: Target | Jump) -> list[Any]:
    """What ``getaddrinfo`` finds; an address needs no thread to wait in, one of IPv4 no search."""
    with suppress(OSError):
        socket.inet_pton(socket.AF_INET, target.address)
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (target.address, target.port))]
    ask = partial(socket.getaddrinfo, target.address, target.port, type=socket.SOCK_STREAM)
    with suppress(socket.gaierror):
        return ask(flags=socket.AI_NUMERICHOST)
    try:
        return await on_thread(ask)
    except socket.gaierror as error:
        raise HostFailureError(
            "dns", f"{target.address} does not resolve: {error.strerror}"
        ) from None


def _connect_failure(error: OSError, where: str, timeout: float) -> HostFailureError:
    if error.errno in {errno.ECONNREFUSED, errno.ECONNRESET, errno.ECONNABORTED}:
        return HostFailureError("refused", f"{where} refused the connection")
    if isinstance(error, TimeoutError):
        return HostFailureError("timeout", f"{where} did not answer within {timeout:g} s")
    return HostFailureError("unreachable", f"{where}: {error.strerror or error}")


class _Client(asyncssh.SSHClient):
    """Notes how far a connection came, and offers the password once, by one method.

    A second offer of a refused password would count as a second failure against the account.
    """

    def __init__(self, target: Target | Jump, keys: ClientKeys, seen: Seen) -> None:
        self.step = 1
        self.lost: Exception | None = None
        self.distrust: HostFailureError | None = None
        self._password: str | None = target.password
        self._keys = keys
        self._trust = target.trust
        self._seen = seen

    def validate_host_public_key(
        self,
        host: str,  # noqa: ARG002 - the library's signature
        addr: str,  # noqa: ARG002 - the library's signature
        port: int,  # noqa: ARG002 - the library's signature
        key: asyncssh.SSHKey,
    ) -> bool:
        shown = HostKey.of(key.get_algorithm(), key.public_data)
        try:
            if is_new(self._trust, shown):
                self._seen(self._trust.name, shown)
        except HostFailureError as failure:
            self.distrust = failure
            return False
        return True

    async def public_key_auth_requested(self) -> Any:  # noqa: ANN401 - what asyncssh takes
        self.step = 2
        keys, self._keys = self._keys, NO_KEYS
        return await _offered(keys)

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = exc

    def auth_completed(self) -> None:
        self.step = 3

    def password_auth_requested(self) -> str | None:
        return self._once()

    def password_change_requested(self, prompt: str, lang: str) -> tuple[str, str]:  # noqa: ARG002
        raise HostFailureError("password_change", "the login asks for a new password")

    def kbdint_auth_requested(self) -> str | None:
        self.step = 2
        return None if self._password is None else ""

    def kbdint_challenge_received(
        self,
        name: str,  # noqa: ARG002 - the library's signature
        instructions: str,  # noqa: ARG002 - the library's signature
        lang: str,  # noqa: ARG002 - the library's signature
        prompts: Sequence[tuple[str, bool]],
    ) -> list[str] | None:
        if not prompts:
            return []
        if len(prompts) > 1 or "new" in prompts[0][0].lower():
            raise HostFailureError("password_change", f"the login asks: {prompts[0][0]!r}")
        answer = self._once()
        return None if answer is None else [answer]

    def _once(self) -> str | None:
        self.step = 2
        password, self._password = self._password, None
        return password


_agents: WeakKeyDictionary[AbstractEventLoop, asyncssh.SSHAgentClient] = WeakKeyDictionary()


async def _offered(keys: ClientKeys) -> list[Any]:
    """The keys to offer, at most so many that a password may still follow.

    They are read once, but each login has pairs of its own: a pair remembers the signature that
    its server wanted.
    """
    found: list[Any] = [_private(keys.private)] if keys.private else []
    if keys.agent:
        loop = asyncio.get_running_loop()
        agent = _agents.setdefault(loop, asyncssh.SSHAgentClient(keys.agent))
        with suppress(ValueError, OSError):  # an agent that has gone: the password is left
            found += await agent.get_keys()
    return found[:MOST_KEYS]


@cache
def _private(text: bytes) -> asyncssh.SSHKey:
    return asyncssh.import_private_key(text)


@cache
def _options(
    *,
    keyed: bool,
    checked: bool,
    first: frozenset[str],
    keep: int,
    methods: tuple[str, ...],
) -> asyncssh.SSHClientConnectionOptions:
    """The options that connections share; making them anew would cost as much as a login.

    `keyed`: keys are offered. `checked`: the host key is. `first`: kinds of host keys to ask for
    before others, because one is known. `keep`: seconds between two signs of life.
    """
    kinds = ALGORITHMS["server_host_key_algs"]
    known = [k for k in kinds if k in first or ("ssh-rsa" in first and k.startswith("rsa-"))]
    return asyncssh.SSHClientConnectionOptions(
        known_hosts=([], [], []) if checked else None,
        config=None,
        client_keys=None,
        agent_path=None,
        gss_host=None,
        compression_algs=("none",),
        preferred_auth=("publickey", *methods) if keyed else methods,
        login_timeout=0,
        keepalive_interval=keep,
        **ALGORITHMS | {"server_host_key_algs": (*known, *(k for k in kinds if k not in known))},
    )


async def _log_in(
    target: Target | Jump,
    keys: ClientKeys,
    seen: Seen,
    *,
    sock: socket.socket | None = None,
    tunnel: asyncssh.SSHClientConnection | None = None,
) -> tuple[asyncssh.SSHClientConnection, _Client]:
    client = _Client(target, keys, seen)
    options = _options(
        keyed=bool(keys),
        checked=target.trust.policy != "ignore",
        first=target.trust.algorithms,
        keep=KEEP_ALIVE if isinstance(target, Jump) else 0,
        methods=METHODS if isinstance(target, Jump) else target.methods,
    )
    try:
        async with asyncio.timeout(target.timeout):
            connection = await _asyncssh.connect(
                client,
                options,
                (target.address, target.port),
                target.username,
                sock=sock,
                tunnel=tunnel,
            )
    except TimeoutError:
        kind: UnreachedKind = "auth_timeout" if client.step == 2 else "timeout"  # noqa: PLR2004
        step = _STEPS[client.step]
        raise HostFailureError(kind, f"no answer within {target.timeout:g} s at {step}") from None
    except asyncssh.ChannelOpenError as error:
        if isinstance(target, Jump) or target.jump is None:
            raise
        where = f"{target.address} port {target.port}"
        raise tunnels.not_forwarded(target.jump, where, error) from None
    except (asyncssh.Error, OSError, EOFError) as error:
        raise client.distrust or _login_failure(error, client.step) from None
    return connection, client


def _login_failure(error: Exception, step: int) -> HostFailureError:
    text = " ".join(str(error).split()) or type(error).__name__
    match error:
        case asyncssh.PermissionDenied():
            return HostFailureError("auth_refused", "the device refused the login")
        case asyncssh.KeyExchangeFailed():
            return HostFailureError("negotiation", f"no algorithm in common: {text}")
        case asyncssh.HostKeyNotVerifiable():
            return HostFailureError("hostkey", f"host key changed: {text}")
        case _:
            return HostFailureError("connection_lost", f"connection lost at {_STEPS[step]}: {text}")


class _Terminal(asyncssh.SSHClientSession[str]):
    """The wire of a dialogue: text as it comes, and a wait that a timer ends."""

    def __init__(self) -> None:
        self.received = 0
        self._text: list[str] = []
        self._closed: str | None = None
        self._waiting: asyncio.Future[None] | None = None
        self._until = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._channel: Any = None

    def connection_made(self, chan: Any) -> None:  # noqa: ANN401 - generic in its text
        self._channel = chan

    def data_received(self, data: str, datatype: asyncssh.DataType) -> None:  # noqa: ARG002
        self.received += len(data)
        self._text.append(data)
        self._wake()

    def eof_received(self) -> bool:
        self._closed = self._closed or "closed by the device"
        self._wake()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._closed = " ".join(str(exc).split()) if exc else "closed by the device"
        self._wake()
        if self._timer is not None:
            self._timer.cancel()

    def write(self, text: str) -> None:
        with suppress(OSError):  # a closed channel shows at the next read
            self._channel.write(text)

    async def read(self, seconds: float) -> str:
        if not self._text and self._closed is None:
            loop = asyncio.get_running_loop()
            self._waiting = loop.create_future()
            self._until = loop.time() + seconds
            if self._timer is None or self._timer.when() > self._until:
                self._wind(loop)
            try:
                await self._waiting
            finally:
                self._waiting = None
        if self._text:
            text = "".join(self._text)
            self._text.clear()
            return text
        if self._closed is not None:
            raise HostFailureError(
                "connection_lost",
                f"connection lost after {self.received} characters: {self._closed}",
            )
        return ""

    def _wind(self, loop: asyncio.AbstractEventLoop) -> None:
        """Have the timer ring when the wait ends; one that rings earlier is wound again then.

        Text ends nearly every wait, so a timer for each would be made only to be cancelled.
        """
        if self._timer is not None:
            self._timer.cancel()
        self._timer = loop.call_at(self._until, self._ring, loop)

    def _ring(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        if self._waiting is None:
            return
        if self._until > loop.time():
            self._wind(loop)
        else:
            self._wake()

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)


async def _shell(
    connection: asyncssh.SSHClientConnection, client: _Client, seconds: float
) -> _Terminal:
    wire = _Terminal()
    try:
        async with asyncio.timeout(seconds):
            await connection.create_session(
                lambda: wire,
                term_type="vt100",
                term_size=(511, 1000),
                encoding="utf-8",
                errors="replace",
            )
    except TimeoutError:
        raise HostFailureError(
            "timeout", f"logged in, but no session within {seconds:g} s"
        ) from None
    except (asyncssh.Error, OSError) as error:
        text = " ".join(str(client.lost or error).split())
        raise HostFailureError(
            "connection_lost", f"connection lost at {_STEPS[3]}: {text}"
        ) from None
    return wire
