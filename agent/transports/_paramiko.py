"""What the compatible lane adds to paramiko: our host-key policy, our key, and jump hosts."""

from __future__ import annotations

import io
import time
from functools import cache
from threading import Event, Lock
from typing import TYPE_CHECKING, Any

import paramiko
from paramiko.auth_handler import AuthOnlyHandler
from paramiko.common import cMSG_SERVICE_REQUEST, cMSG_USERAUTH_REQUEST
from paramiko.transport import ServiceRequestingTransport

from agent.errors import HostFailureError
from agent.transports.host_keys import HostKey, is_new
from agent.transports.tunnels import FINAL

if TYPE_CHECKING:
    from collections.abc import Callable

    from agent.transports.host_keys import KnownHosts, Trust
    from agent.transports.tunnels import Jump


class Policy(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]
    """Asked of every host key, because paramiko is told of none."""

    def __init__(self, trust: Trust, known_hosts: KnownHosts | None) -> None:
        self._trust = trust
        self._known_hosts = known_hosts

    def missing_host_key(self, client: object, hostname: str, key: Any) -> None:  # noqa: ANN401, ARG002
        """Trust it, note it, or refuse it.

        :raises HostFailureError: ``hostkey``.
        """
        shown = HostKey.of(key.get_name(), key.asbytes())
        if is_new(self._trust, shown) and self._known_hosts is not None:
            self._known_hosts.add(self._trust.name, shown)


class _Login(AuthOnlyHandler):  # type: ignore[misc]
    """Ready for the answer before it asks.

    paramiko 5.1 makes the event its reader sets after it has sent the request: an answer that
    comes sooner is missed, and a login that was taken ends as one that was never answered.
    """

    def send_auth_request(
        self,
        username: str,
        method: str,
        finish_message: Callable[[Any], None],
    ) -> list[str]:
        self.auth_method, self.username = method, username
        self.auth_event = Event()
        request = paramiko.Message()
        request.add_byte(cMSG_USERAUTH_REQUEST)
        for text in (username, "ssh-connection", method):
            request.add_string(text)
        finish_message(request)
        with self.transport.lock:
            self.transport._send_message(request)  # noqa: SLF001 - paramiko has no public way
        return list(self.wait_for_response(self.auth_event))


class _Transport(ServiceRequestingTransport):  # type: ignore[misc]
    """Asks for the login service once, takes a banner at any time, and waits no longer than told.

    A password that follows a refused key would ask for the service again in paramiko's plain
    transport, and devices hang up on that. Its `ServiceRequestingTransport` has no ear for a banner
    that comes with the acceptance (paramiko issue 2505), and waits for the acceptance for ever,
    even on a connection that is gone.
    """

    def get_auth_handler(self) -> _Login:
        return _Login(self)

    def ensure_session(self) -> None:
        if not (self.active and self.initial_kex_done):
            raise paramiko.SSHException("No existing session")
        if self._service_userauth_accepted:
            return
        self.auth_handler = self.get_auth_handler()
        request = paramiko.Message()
        request.add_byte(cMSG_SERVICE_REQUEST)
        request.add_string("ssh-userauth")
        self._send_message(request)
        give_up = time.monotonic() + self.auth_timeout
        while not self._service_userauth_accepted:
            if not self.is_active():
                raise self.get_exception() or EOFError("closed before the login")
            if time.monotonic() > give_up:
                raise paramiko.AuthenticationException("Authentication timeout.")
            time.sleep(0.01)


def transport(trust: Trust) -> Callable[..., Any]:
    """A factory of transports that ask for known kinds of host keys before others."""

    def made(sock: Any, **options: Any) -> Any:  # noqa: ANN401 - paramiko's own
        made = _Transport(sock, **options)
        security = made.get_security_options()
        first = trust.algorithms
        security.key_types = sorted(
            security.key_types,
            key=lambda kind: (
                not (kind in first or ("ssh-rsa" in first and kind.startswith("rsa-sha2")))
            ),
        )
        return made

    return made


@cache
def private_key(text: bytes) -> Any:  # noqa: ANN401 - paramiko's own
    """The key as paramiko has it."""
    import asyncssh  # noqa: PLC0415 - to tell which class it is of

    key = asyncssh.import_private_key(text)
    kind = key.get_algorithm()
    if kind == "ssh-ed25519":
        return paramiko.Ed25519Key.from_private_key(io.StringIO(text.decode()))
    # paramiko 5.1 read 155 of 300 ECDSA keys in OpenSSH's own form, and all of them in PEM.
    plain = io.StringIO(key.export_private_key("pkcs1-pem").decode())
    return (paramiko.RSAKey if kind == "ssh-rsa" else paramiko.ECDSAKey).from_private_key(plain)


class Jumps:
    """Connections to jump hosts, one for each, shared by the threads of this process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._each: dict[Jump, tuple[Lock, list[Any]]] = {}

    def channel(self, jump: Jump, address: tuple[str, int], reach: Callable[[Jump], Any]) -> Any:  # noqa: ANN401 - paramiko's channel serves as a socket
        """A channel to `address`; `reach` makes the connection where none stands.

        :raises HostFailureError: naming the jump host.
        """
        with self._lock:
            lock, known = self._each.setdefault(jump, (Lock(), []))
        try:
            with lock:
                client = self._client(jump, known, reach)
            return client.get_transport().open_channel(
                "direct-tcpip", address, ("127.0.0.1", 0), timeout=jump.timeout
            )
        except HostFailureError as failure:
            raise jump.failed(failure) from None
        except (paramiko.SSHException, OSError, EOFError) as error:
            words = " ".join(str(error).split()) or type(error).__name__
            reason = f"cannot connect to {address[0]} port {address[1]}: {words}"
            kind = "refused" if "refused" in words.lower() else "unreachable"
            raise jump.failed(HostFailureError(kind, reason)) from None  # type: ignore[arg-type]

    @staticmethod
    def _client(jump: Jump, known: list[Any], reach: Callable[[Jump], Any]) -> Any:  # noqa: ANN401
        last = known[-1] if known else None
        if isinstance(last, HostFailureError):
            raise last
        if last is None or not last.get_transport() or not last.get_transport().is_active():
            try:
                last = reach(jump)
            except HostFailureError as failure:
                if failure.kind in FINAL:
                    known[:] = [failure]
                raise
            known[:] = [last]
        return last

    def close(self) -> None:
        """Close them all."""
        with self._lock:
            for _, known in self._each.values():
                for client in known:
                    if not isinstance(client, HostFailureError):
                        client.close()
            self._each.clear()


JUMPS = Jumps()
