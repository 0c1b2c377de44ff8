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
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TextIO

import asyncssh

from lab import hostile, listening, snmp
from lab.errors import LabError
from lab.keys import host_keys
from lab.login import Login

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator, Sequence
    from pathlib import Path

    from lab.estate import Estate
    from lab.faults.fault import Server
    from lab.schema import Host
    from lab.strangers import Stranger

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
    snmp_port: int | None = None
    _servers: list[Server | asyncio.DatagramTransport] = field(default_factory=list)
    _sessions: set[asyncio.Task[None]] = field(default_factory=set)
    _logins: deque[float] = field(default_factory=deque)
    _chance: random.Random = field(default_factory=lambda: random.Random(0))  # noqa: S311  # no secret

    async def pause(self, own: float | None, usual: float) -> None:
        """Wait as long as a host takes, where it has a delay of its own, or as all others do."""
        seconds = usual if own is None else own
        if seconds:
            await asyncio.sleep(seconds * (1 + self._chance.uniform(-self.jitter, self.jitter)))

    def aaa_answers(self) -> bool:
        """Whether the AAA server behind all devices takes one more login."""
        rate = self.estate.aaa
        return rate is None or rate.admits(self._logins, asyncio.get_running_loop().time())

    def log(self, host: Host | Stranger, command: str, state: str) -> None:
        """Note a line and the `state` it was typed in; a secret is not written down."""
        if self.command_log is None:
            return
        known = self.estate.credentials
        entry = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "host": host.name,
            "command": "***"
            if known.password in command or known.enable_secret in command
            else command,
            "state": state,
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


async def start(
    estate: Estate,
    *,
    port: int | None = None,
    login_delay: float = 0.0,
    command_delay: float = 0.0,
    jitter: float = 0.0,
    command_log: TextIO | None = None,
    snmp_port: int | None = None,
) -> Lab:
    """A lab that listens. `port` overrides the estate's; 0 takes one that is free everywhere.

    Without a `snmp_port` no SNMP agent listens; 0 takes one that is free here too.

    :raises LabError: the port is taken, or the system allows too few open files.
    """
    lab = Lab(estate, login_delay, command_delay, jitter, command_log)
    _allow_files(len(estate.hosts))
    wanted = estate.port if port is None else port
    lab.port, sockets = _bind_all(estate.hosts, wanted)
    by_address = {str(host.address): host for host in estate.hosts}
    options = asyncssh.SSHServerConnectionOptions(
        server_factory=lambda: Login(lab, by_address),
        server_host_keys=host_keys(),
        server_version="Cisco-1.25",
        line_editor=False,
        errors="surrogateescape",
        login_timeout=600,
        **ALGORITHMS | ({"kex_algs": (estate.kex,)} if estate.kex else {}),
    )
    for host, sock in zip(estate.hosts, sockets, strict=True):
        if host.faults:
            server = await hostile.listen(lab, host, sock, options, BACKLOG)
        else:
            own = options
            if host.ssh_version:
                own = asyncssh.SSHServerConnectionOptions(options, server_version=host.ssh_version)
            server = await listening.listen(sock, own, BACKLOG)
        if server:
            lab._servers.append(server)  # noqa: SLF001  # the lab's own constructor
    try:
        await _others(lab)
        if snmp_port is not None:
            lab.snmp_port, agents = await snmp.listen(lab, snmp_port)
            lab._servers += agents  # noqa: SLF001  # the lab's own constructor
    except LabError:
        await lab.close()
        raise
    return lab


async def _others(lab: Lab) -> None:
    """Web pages, and hosts that are no devices.

    :raises LabError: a port is taken.
    """
    for stranger in lab.estate.strangers:
        for port in stranger.ports or (lab.port,):
            _, (sock,) = _bind([str(stranger.address)], port)
            lab._servers.append(await stranger.listen(lab, sock))  # noqa: SLF001  # the lab's own
    pages = [(each.address, each.web) for each in lab.estate.hosts]
    pages += [(each.address, each.web) for each in lab.estate.strangers]
    for address, web in pages:
        if web:
            _, (sock,) = _bind([str(address)], web.port)
            lab._servers.append(await web.listen(sock))  # noqa: SLF001  # the lab's own


def _bind_all(hosts: Sequence[Host], port: int) -> tuple[int, list[socket.socket]]:
    """The port, and a socket for each host: bound to that port, or to one of its own."""
    usual = [str(host.address) for host in hosts if host.ssh_port is None]
    port, sockets = _bind(usual, port) if usual else (port, [])
    shared = iter(sockets)
    return port, [
        next(shared) if h.ssh_port is None else _bind([str(h.address)], h.ssh_port)[1][0]
        for h in hosts
    ]


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
    snmp_port: int | None = None,
    ready: Callable[[Lab], None] = lambda lab: None,  # noqa: ARG005
    until: Callable[[], Coroutine[None, None, None]] | None = None,
) -> None:
    """Keep a lab running until Ctrl-C, SIGTERM, or the end of `until`.

    `ready` is called with the lab once every device listens.

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
                snmp_port=snmp_port,
            )
            if until:
                lab.run(until()).add_done_callback(lambda _: stop.set())
            ready(lab)
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
