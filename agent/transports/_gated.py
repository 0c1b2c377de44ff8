"""A netmiko connection behind the gate: how a device is called, logged in to, and typed into.

The socket is resolved and connected here, so that a name that does not resolve, a port that is
closed and a host that does not answer stay different things.
"""

from __future__ import annotations

import logging
import re
import socket
from functools import cache
from typing import TYPE_CHECKING, Any

from netmiko.exceptions import (
    NetmikoAuthenticationException,
    NetmikoTimeoutException,
    ReadException,
    ReadTimeout,
    WriteException,
)
from netmiko.ssh_dispatcher import ssh_dispatcher
from paramiko import SSHClient
from paramiko.ssh_exception import (
    AuthenticationException,
    BadHostKeyException,
    IncompatiblePeer,
    SSHException,
)

from agent.errors import HostFailureError
from agent.model import UnreachedKind  # noqa: TC001 - a type of a value below
from agent.transports import _paramiko
from agent.transports.gate import ENABLE, Gate
from agent.transports.host_keys import UNCHECKED, Trust

if TYPE_CHECKING:
    from agent.platforms import Platform
    from agent.transports.access import Access
    from agent.transports.tunnels import Jump

LOST = (ReadException, WriteException, SSHException, OSError, EOFError)
"""What netmiko and paramiko raise where a connection that stood is gone."""


def connect(
    address: tuple[str, int],
    timeout: float,
    jump: Jump | None = None,
    access: Access | None = None,
) -> Any:  # noqa: ANN401 - a channel through a jump host serves as a socket
    """Resolve and connect; each way to fail keeps its own name.

    :raises HostFailureError: ``dns``, ``refused``, ``timeout`` or ``unreachable``; through a jump
        host whatever befalls the login there.
    """
    if jump is not None:
        return _paramiko.JUMPS.channel(jump, address, lambda jump: _reach(jump, access))
    host, port = address
    try:
        return socket.create_connection(address, timeout)
    except socket.gaierror as error:
        raise HostFailureError("dns", f"{host} does not resolve: {error.strerror}") from None
    except ConnectionRefusedError:
        raise HostFailureError("refused", f"{host} port {port} refused the connection") from None
    except TimeoutError:
        raise HostFailureError(
            "timeout", f"{host} port {port} did not answer within {timeout:g} s"
        ) from None
    except OSError as error:
        raise HostFailureError(
            "unreachable", f"{host} port {port}: {error.strerror or error}"
        ) from None


def _reach(jump: Jump, access: Access | None) -> SSHClient:
    """Log in to a jump host.

    :raises HostFailureError: with the typed reason.
    """
    sock = connect((jump.address, jump.port), jump.timeout)
    client = SSHClient()
    known_hosts = access.known_hosts if access else None
    client.set_missing_host_key_policy(_paramiko.Policy(jump.trust, known_hosts))
    try:
        client.connect(
            jump.address,
            jump.port,
            jump.username,
            jump.password,
            sock=sock,
            look_for_keys=False,
            timeout=jump.timeout,
            auth_timeout=jump.timeout,
            banner_timeout=jump.timeout,
            transport_factory=_paramiko.transport(jump.trust),
            **_keys(access),
        )
    except (SSHException, OSError, EOFError) as error:
        client.close()
        sock.close()
        raise _failure(error, jump.timeout) from None
    except HostFailureError:
        client.close()
        sock.close()
        raise
    return client


def _keys(access: Access | None) -> dict[str, Any]:
    """What paramiko is to offer before the password."""
    keys = access.keys if access else None
    if not keys:
        return {"pkey": None, "allow_agent": False}
    return {
        "pkey": _paramiko.private_key(keys.private) if keys.private else None,
        "allow_agent": keys.agent is not None,
    }


def log_in(  # noqa: PLR0917 - one call, each argument a fact of the login
    device: Platform,
    sock: socket.socket,
    address: tuple[str, int],
    username: str | None,
    password: str | None,
    secret: str | None,
    timeout: float,
    access: Access | None = None,
    **options: bool | None,
) -> Any:  # noqa: ANN401 - netmiko's classes are made at run time
    """Log in over `sock` and prepare the session; `options` are netmiko's own.

    :raises CommandNotDeclaredError: netmiko would type what `device` does not declare.
    :raises HostFailureError: with the typed reason.
    """
    driver = _gated(device.netmiko)
    try:
        channel = driver(
            gate=Gate(device, secret),
            trust=access.trust(*address) if access else UNCHECKED,
            access=access,
            device_type=device.netmiko,
            host=address[0],
            port=address[1],
            sock=sock,
            username=username,
            password=password,
            secret=secret or "",
            conn_timeout=timeout,
            banner_timeout=timeout,
            auth_timeout=timeout,
            read_timeout_override=timeout,
            allow_auto_change=False,
            **_keys(access),
            **options,
        )
        if device.enable and secret and not channel.check_enable_mode():
            channel.enable()
    except (NetmikoAuthenticationException, NetmikoTimeoutException, OSError, EOFError) as error:
        raise _failure(error, timeout) from None
    except (ReadException, WriteException, SSHException, ValueError) as error:
        raise _failure(error, timeout) from None
    return channel


def _failure(error: Exception, timeout: float) -> HostFailureError:
    """Name what went wrong at login; netmiko keeps the first cause as the context."""
    cause = error.__context__ or error
    text = words(cause)
    for cause_type, mark, kind, reason in _LOGIN_FAILURES:
        if isinstance(cause, cause_type) and mark in text.lower():
            return HostFailureError(kind, reason.format(text=text, timeout=f"{timeout:g} s"))
    return HostFailureError("connection_lost", f"connection lost at login: {text}")


_LOGIN_FAILURES: tuple[tuple[type[BaseException], str, UnreachedKind, str], ...] = (
    (BadHostKeyException, "", "hostkey", "host key changed: {text}"),
    (IncompatiblePeer, "", "negotiation", "no algorithm in common: {text}"),
    (AuthenticationException, "timeout", "auth_timeout", "no answer to the login in {timeout}"),
    (AuthenticationException, "", "auth_refused", "the device refused the login"),
    (SSHException, "banner", "timeout", "connected, but no SSH banner within {timeout}"),
    (SSHException, "no existing session", "timeout", "connected, but no SSH within {timeout}"),
    (ReadTimeout, "", "timeout", "logged in, but no prompt within {timeout}"),
    (TimeoutError, "", "timeout", "no answer within {timeout} during the login"),
)
"""Exception, mark in its text, kind and reason; the first that fits names the failure."""


def words(error: BaseException) -> str:
    """The text of an exception in one line."""
    return " ".join(str(error).split()) or type(error).__name__


class _Gated:
    """Mixed in before a netmiko class: its writes pass the gate, its losses and refusals show."""

    gate: Gate

    def __init__(
        self,
        gate: Gate,
        trust: Trust,
        access: Access | None,
        **options: Any,  # noqa: ANN401 - netmiko's own
    ) -> None:
        self.gate = gate
        self._trust = trust
        self._access = access
        super().__init__(**options)

    def _build_ssh_client(self) -> Any:  # noqa: ANN401 - paramiko's own
        client = super()._build_ssh_client()  # type: ignore[misc]
        known_hosts = self._access.known_hosts if self._access else None
        client.set_missing_host_key_policy(_paramiko.Policy(self._trust, known_hosts))
        return client

    def _connect_params_dict(self) -> dict[str, Any]:
        factory = _paramiko.transport(self._trust)
        return {**super()._connect_params_dict(), "transport_factory": factory}  # type: ignore[misc]

    def write_channel(self, out_data: str) -> None:
        """Write what the gate admits, and nothing else."""
        self.gate.admit(out_data)
        super().write_channel(out_data)  # type: ignore[misc]

    def read_channel(self) -> str:
        """Read what is there; netmiko would wait for a lost connection until its time is out."""
        text = str(super().read_channel())  # type: ignore[misc]
        connection: Any = self.remote_conn  # type: ignore[attr-defined]
        if not text and (connection is None or connection.closed or connection.eof_received):
            raise ReadException("closed by the device")
        return text

    def check_config_mode(self, *_words: object, **_options: object) -> bool:
        """No: the gate lets nobody enter it. netmiko would wait for a prompt before it logs out."""
        return False

    def enable(self, *_words: object, **_options: object) -> str:
        """Enter privileged mode; a refusal is known by what the device says, not by a time-out.

        :raises HostFailureError: ``auth_refused``; nothing more is typed into the dialogue.
        """
        channel: Any = self
        channel.write_channel(channel.normalize_cmd(ENABLE))
        text = channel.read_until_pattern(pattern=r"assword:?\s*$|#\s*$|% ?[A-Z].*\s[>]\s*$")
        if re.search(r"assword:?\s*$", text):
            channel.write_channel(channel.normalize_cmd(channel.secret))
            text = channel.read_until_pattern(pattern=_ENABLE_ANSWER)
        if not re.search(r"#\s*$", text):
            channel.paramiko_cleanup()
            raise HostFailureError("auth_refused", "the enable secret was refused")
        return str(text)


_ENABLE_ANSWER = r"#\s*$|>\s*$|assword:?\s*$|[Dd]enied|[Bb]ad secrets|[Ii]nvalid|[Ff]ailed"
"""How a device answers the enable secret, taken or not."""


@cache
def _gated(device_type: str) -> Any:  # noqa: ANN401
    driver = ssh_dispatcher(device_type)
    return type(f"Gated{driver.__name__}", (_Gated, driver), {})


logging.getLogger("paramiko").setLevel(logging.CRITICAL)  # it logs what is returned as a value
logging.getLogger("netmiko").setLevel(logging.CRITICAL)  # it logs what is typed, and printed
