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
from paramiko.ssh_exception import (
    AuthenticationException,
    BadHostKeyException,
    IncompatiblePeer,
    SSHException,
)

from agent.errors import HostFailureError
from agent.model import UnreachedKind  # noqa: TC001 - a type of a value below
from agent.transports.gate import ENABLE, Gate

if TYPE_CHECKING:
    from agent.platforms import Platform

LOST = (ReadException, WriteException, SSHException, OSError, EOFError)
"""What netmiko and paramiko raise where a connection that stood is gone."""


def connect(address: tuple[str, int], timeout: float) -> socket.socket:
    """Resolve and connect; each way to fail keeps its own name.

    :raises HostFailureError: ``dns``, ``refused``, ``timeout`` or ``unreachable``.
    """
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


def log_in(  # noqa: PLR0917 - one call, each argument a fact of the login
    device: Platform,
    sock: socket.socket,
    address: tuple[str, int],
    username: str | None,
    password: str | None,
    secret: str | None,
    timeout: float,
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

    def __init__(self, gate: Gate, **options: Any) -> None:  # noqa: ANN401 - netmiko's own
        self.gate = gate
        super().__init__(**options)

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
