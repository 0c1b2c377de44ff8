"""The lab itself: one process in which every device listens on an address of its own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import resource
import signal
import socket
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, TextIO

import asyncssh

from lab.answers import answer
from lab.errors import LabError
from lab.faults import FAULTS
from lab.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator, Sequence
    from pathlib import Path

    from lab.estate import Estate
    from lab.schema import Host

BACKLOG = 256
PORT_TRIES = 50
SPARE_FILES = 64
ALGORITHMS = {
    "kex_algs": (
        "curve25519-sha256",
        "curve25519-sha256@libssh.org",
        "ecdh-sha2-nistp256",
        "diffie-hellman-group14-sha256",
    ),
    "encryption_algs": (
        "aes128-gcm@openssh.com",
        "aes256-gcm@openssh.com",
        "aes128-ctr",
        "aes256-ctr",
    ),
    "signature_algs": ("rsa-sha2-256", "rsa-sha2-512", "ssh-ed25519"),
    "compression_algs": ("none",),
}


@dataclass(slots=True)
class Lab:
    """A running lab. Delays are in seconds; `jitter` spreads each by that share of itself."""

    estate: Estate
    login_delay: float = 0.0
    command_delay: float = 0.0
    jitter: float = 0.0
    command_log: TextIO | None = None
    port: int = 0
    _servers: list[asyncio.AbstractServer | asyncssh.SSHAcceptor] = field(default_factory=list)
    _sessions: set[asyncio.Task[None]] = field(default_factory=set)
    _chance: random.Random = field(default_factory=lambda: random.Random(0))  # noqa: S311  # no secret

    async def pause(self, own: float | None, usual: float) -> None:
        """Wait as long as a host takes, where it has a delay of its own, or as all others do."""
        seconds = usual if own is None else own
        if seconds:
            await asyncio.sleep(seconds * (1 + self._chance.uniform(-self.jitter, self.jitter)))

    def log(self, host: Host, command: str) -> None:
        """Note a command line. A secret typed at the wrong prompt is not written down."""
        if self.command_log is None:
            return
        known = self.estate.credentials
        entry = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "host": host.name,
            "command": "***" if command in {known.password, known.enable_secret} else command,
        }
        self.command_log.write(json.dumps(entry) + "\n")
        self.command_log.flush()

    def run(self, dialogue: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Run a session's dialogue and keep it alive until it ends."""
        task = asyncio.create_task(dialogue)
        self._sessions.add(task)
        task.add_done_callback(self._sessions.discard)
        return task

    async def close(self) -> None:
        """Stop listening and cut every session."""
        for server in self._servers:
            server.close()
        for task in tuple(self._sessions):
            task.cancel()
        await asyncio.gather(*self._sessions, return_exceptions=True)


class _Gate(asyncssh.SSHServer):
    """The login of one connection."""

    def __init__(self, lab: Lab, hosts: dict[str, Host]) -> None:
        self._lab = lab
        self._hosts = hosts
        self._connection: asyncssh.SSHServerConnection | None = None

    @cached_property
    def _host(self) -> Host:
        if self._connection is None:
            raise LabError("a login before its connection")
        address: tuple[str, int] = self._connection.get_extra_info("sockname")
        return self._hosts[address[0]]

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Learn which device was called, by its address."""
        self._connection = conn

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002  # asyncssh's signature
        """Show the login banner and ask for a password."""
        if self._connection:
            self._connection.send_auth_banner(answer(self._lab.estate, self._host, "banner"))
        return True

    def password_auth_supported(self) -> bool:
        """Passwords are what the devices take."""
        return True

    async def validate_password(self, username: str, password: str) -> bool:
        """Whether user and password are right, after the time an AAA server takes."""
        await self._lab.pause(self._host.login_delay, self._lab.login_delay)
        fault = FAULTS.get(self._host.fault or "")
        if fault and fault.point == "login":
            return bool(await fault.act(username, password))
        known = self._lab.estate.credentials
        return (username, password) == (known.username, known.password)

    def session_requested(self) -> Session:
        """A shell on the device."""
        return Session(self._lab, self._host)


async def start(
    estate: Estate,
    *,
    port: int | None = None,
    login_delay: float = 0.0,
    command_delay: float = 0.0,
    jitter: float = 0.0,
    command_log: TextIO | None = None,
) -> Lab:
    """A lab that listens. `port` overrides the estate's; 0 takes one that is free everywhere.

    :raises LabError: the port is taken, or the system allows too few open files.
    """
    lab = Lab(estate, login_delay, command_delay, jitter, command_log)
    _allow_files(len(estate.hosts))
    wanted = estate.port if port is None else port
    lab.port, sockets = _bind([str(host.address) for host in estate.hosts], wanted)
    by_address = {str(host.address): host for host in estate.hosts}
    options = asyncssh.SSHServerConnectionOptions(
        server_factory=lambda: _Gate(lab, by_address),
        server_host_keys=[
            asyncssh.generate_private_key("ssh-ed25519"),
            asyncssh.generate_private_key("ssh-rsa", key_size=2048),
        ],
        server_version="Cisco-1.25",
        line_editor=False,
        login_timeout=600,
        **ALGORITHMS,
    )
    for host, sock in zip(estate.hosts, sockets, strict=True):
        fault = FAULTS.get(host.fault or "")
        if fault and fault.point == "listen":
            server = await fault.act(sock)
        else:
            server = await asyncssh.listen(sock=sock, options=options, backlog=BACKLOG)
        if server:
            lab._servers.append(server)  # noqa: SLF001  # the lab's own constructor
    return lab


def _bind(addresses: Sequence[str], port: int) -> tuple[int, list[socket.socket]]:
    """The port and one socket bound to it for each address."""
    for _ in range(1 if port else PORT_TRIES):
        with contextlib.ExitStack() as undo:
            sockets: list[socket.socket] = []
            try:
                for address in addresses:
                    sock = socket.socket()
                    undo.callback(sock.close)
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    sock.bind((address, port if not sockets else sockets[0].getsockname()[1]))
                    sock.listen(BACKLOG)
                    sockets.append(sock)
            except OSError as error:
                reason = f"{address}: {error.strerror}"
            else:
                undo.pop_all()
                return sockets[0].getsockname()[1], sockets
    if port:
        raise LabError(
            f"port {port} cannot be used on {reason}; stop what holds it or choose another port"
        )
    raise LabError(f"no port is free on all addresses of the lab ({reason}); name one")


def _allow_files(devices: int) -> None:
    """Raise the limit of open files where the system lets us: a listener and a login a device."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = sys.maxsize if hard == resource.RLIM_INFINITY else hard
    if most < devices + SPARE_FILES:
        raise LabError(
            f"the system allows {hard} open files and {devices} devices need more; "
            f"raise the limit (ulimit -Hn {2 * devices + SPARE_FILES}) or start fewer hosts"
        )
    resource.setrlimit(
        resource.RLIMIT_NOFILE, (max(soft, min(2 * devices + SPARE_FILES, most)), hard)
    )


def serve_forever(
    estate: Estate,
    *,
    port: int | None = None,
    login_delay: float = 0.0,
    command_delay: float = 0.0,
    jitter: float = 0.0,
    command_log: Path | None = None,
    ready: Callable[[int], None] = lambda port: None,  # noqa: ARG005
    until: Callable[[], Coroutine[None, None, None]] | None = None,
) -> None:
    """Keep a lab running until Ctrl-C, SIGTERM, or the end of `until`.

    `ready` is called with the port once every device listens.

    :raises LabError: the lab cannot listen, or the command log cannot be written.
    """

    async def serve() -> None:
        stop = asyncio.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
        with _opened(command_log) as log:
            lab = await start(
                estate,
                port=port,
                login_delay=login_delay,
                command_delay=command_delay,
                jitter=jitter,
                command_log=log,
            )
            if until:
                lab.run(until()).add_done_callback(lambda _: stop.set())
            ready(lab.port)
            await stop.wait()
            await lab.close()

    asyncio.run(serve())


@contextlib.contextmanager
def _opened(path: Path | None) -> Iterator[TextIO | None]:
    """The command log, begun anew."""
    if path is None:
        yield None
        return
    try:
        log = path.open("w", encoding="utf-8")
    except OSError as error:
        raise LabError(
            f"{path}: the command log cannot be written: {error.strerror}; choose another file"
        ) from None
    with log:
        yield log
