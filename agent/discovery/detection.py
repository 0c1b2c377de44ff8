"""The last resort: log in to a candidate and let netmiko's SSHDetect tell what it is.

One command is sent, ``show version``, which every platform of ours declares; paging is left as it
is. The gate refuses the other questions SSHDetect knows, so they are not asked.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from netmiko.ssh_autodetect import SSH_MAPPER_BASE, SSHDetect

from agent.discovery._threads import in_thread
from agent.discovery.identity import judge, shown
from agent.errors import HostFailureError
from agent.model import Capture, Clue, Output, Reading
from agent.platforms import Command, Platform, platforms
from agent.runners.gates import Gates, Place
from agent.terminal import clean
from agent.transports._gated import LOST, connect, log_in, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from agent.discovery import Errand
    from agent.inventory.credentials import Credentials
    from agent.model import Discovered
    from agent.runners.gates import Limits
    from agent.transports.access import Access

ASKED = "show version"
QUIET_SECONDS = 2.0
"""A device that prints nothing for so long has printed all, or waits at a full page."""
AT_ONCE = 20
TICK = 0.05
_PLACE = Place(site=None, aaa_group=None)
_OTHER_FAMILIES = {"cisco_xe": "ios"}
"""What netmiko's types that several of our platforms share mean where none of these is meant."""
_PROMPT = re.compile(rf"^(\w[\w.-]*)\S?[>#] ?{ASKED}", re.MULTILINE)


def _nothing(_capture: Capture) -> Reading:
    return Reading(())


UNKNOWN = Platform(
    name="unknown",
    title="A candidate of discovery, before it is known what it is",
    software="other",
    netmiko="autodetect",
    commands=(Command(ASKED, required=True),),
    session=(),
    parse=_nothing,
    recognises=lambda _capture: False,
)
"""All that the gate lets through at a host whose platform is not known."""


@dataclass(frozen=True, slots=True)
class Login:
    """How candidates are logged in to."""

    credentials: Credentials
    access: Access
    limits: Limits


class _Detect(SSHDetect):
    """SSHDetect on a connection behind the gate; it waits for silence, not for a fixed time."""

    def __init__(self, channel: Any) -> None:  # noqa: ANN401 - netmiko's classes are made at run time
        self.connection = channel
        self.initial_buffer = ""
        self.potential_matches: dict[str, int] = {}
        self._results_cache: dict[str, str] = {}

    def best(self) -> str | None:
        """The type that fits what ``show version`` prints best."""
        for device_type, entry in SSH_MAPPER_BASE:
            if entry["cmd"] == ASKED:
                asked = {key: value for key, value in entry.items() if key != "dispatch"}
                if accuracy := self._autodetect_std(**asked):  # type: ignore[arg-type]  # a mapping of many types
                    self.potential_matches[device_type] = accuracy
        ranked = sorted(self.potential_matches.items(), key=lambda match: (-match[1], match[0]))
        return ranked[0][0] if ranked else None

    def printed(self) -> str:
        """What the device printed."""
        return clean(self._send_command_wrapper(ASKED))

    def _send_command(self, cmd: str = "") -> str:
        self.connection.write_channel(cmd + "\n")
        text = self.connection.read_channel_timing(last_read=QUIET_SECONDS)
        return str(self.connection.strip_backspaces(text))


@dataclass(frozen=True, slots=True)
class Told:
    """What a login told: the platform, in words why, and the name in the prompt."""

    platform: str | None
    why: str
    name: str | None


def detect(host: Discovered, login: Login) -> Told:
    """Log in to `host` and have it tell what it is.

    :raises HostFailureError: it cannot be logged in to, or the connection was lost.
    """
    address = (str(host.address), host.port or 22)
    timeout = login.access.timeout
    who = login.credentials
    sock = connect(address, timeout)
    try:
        channel = log_in(
            UNKNOWN,
            sock,
            address,
            who.username,
            who.password,
            None,
            timeout,
            login.access,
            global_cmd_verify=False,
        )
    except BaseException:
        sock.close()
        raise
    try:
        found = _Detect(channel)
        best, printed = found.best(), found.printed()
    except LOST as error:
        raise HostFailureError("connection_lost", words(error)) from None
    finally:
        channel.disconnect()
    prompt = _PROMPT.search(printed)
    return Told(*platform_of(best, printed), prompt[1] if prompt else None)


def platform_of(best: str | None, printed: str) -> tuple[str | None, str]:
    """The platform that netmiko's type and the text itself mean, and the line that says so."""
    capture = Capture("", None, "", "netmiko", (Output(ASKED, printed, datetime.now(UTC)),))
    known = platforms().values()
    fitting = [p for p in known if p.transport == "ssh" and p.recognises(capture)]
    named = [p for p in fitting if p.netmiko == best] or fitting
    if not named and best:
        name = _OTHER_FAMILIES.get(best)
        named = [p for p in known if p.name == name or (p.netmiko == best and p.napalm)]
    lines = [text for each in printed.splitlines() if ASKED not in (text := shown(each))]
    line = next((text for text in lines if "ersion" in text), "")
    if not named:
        return None, f"'{ASKED}' is of no platform that is known: {line or shown(printed)[:80]!r}"
    return named[0].name, f"'{ASKED}' prints {line!r}"


def detect_all(
    hosts: Iterable[Discovered],
    errand: Errand,
    login: Login,
    tell: Callable[[Discovered], None] = lambda host: None,  # noqa: ARG005
) -> tuple[Discovered, ...]:
    """`hosts`, those that are candidates without a platform logged in to.

    After refused logins at `limits.refusals_per_site` hosts nobody else is tried.
    """
    given = tuple(hosts)
    wanted = [host for host in given if needs_login(host)]
    known = {
        id(a): b
        for a, b in zip(wanted, asyncio.run(_all(wanted, errand, login, tell)), strict=True)
    }
    return tuple(known.get(id(host), host) for host in given)


def needs_login(host: Discovered) -> bool:
    """Whether only a login can tell what `host` is: a candidate that speaks SSH."""
    return host.candidate and host.platform is None and bool(host.address and host.port)


async def _all(
    hosts: list[Discovered], errand: Errand, login: Login, tell: Callable[[Discovered], None]
) -> list[Discovered]:
    gates: Gates[int] = Gates(login.limits)
    done = list(hosts)
    running: set[asyncio.Task[None]] = set()
    for number in range(len(hosts)):
        gates.add(_PLACE, number)

    async def visit(number: int) -> None:
        host, failure = await _visit(hosts[number], errand, login)
        refused = failure is not None and failure.kind in {"auth_refused", "password_change"}
        gates.done(_PLACE, str(host.address), refused=refused, logged_in=failure is None)
        done[number] = host
        errand.journal.found(host)
        tell(host)

    try:
        while len(gates) or running:
            account = _PLACE.account
            if account and (stopped := gates.stopped(account)):
                for _, number in gates.drop(account):
                    done[number] = _unresolved(
                        hosts[number], f"not tried: {', '.join(stopped)} refused"
                    )
            taken = (
                gates.take(asyncio.get_running_loop().time()) if len(running) < AT_ONCE else None
            )
            if taken is None:
                await asyncio.sleep(TICK)
            else:
                running.add(asyncio.create_task(visit(taken[1])))
            for task in [task for task in running if task.done()]:
                running.remove(task)
                task.result()
    finally:
        for task in running:
            task.cancel()
    return done


async def _visit(
    host: Discovered, errand: Errand, login: Login
) -> tuple[Discovered, HostFailureError | None]:
    where = str(host.address), host.port or 22
    errand.scope.require(where[0])
    try:
        told = await in_thread(lambda: detect(host, login))
    except HostFailureError as error:
        errand.journal.tried(*where, "login", error.kind)
        return _unresolved(host, f"{error.kind}: {error.reason}"), error
    except asyncio.CancelledError:
        errand.journal.tried(*where, "login", "interrupted")
        raise
    errand.journal.tried(*where, "login", "answered")
    if told.platform is None:
        return _unresolved(host, told.why), None
    clue = Clue("login", f"{where[1]}/tcp", f"{told.platform}: {told.why}")
    evidence = tuple(sorted((*host.evidence, clue)))
    verdict = judge(evidence)
    return (
        replace(
            host,
            name=host.name or told.name,
            platform=verdict.platform,
            confidence=verdict.confidence,
            reason=verdict.reason,
            evidence=evidence,
        ),
        None,
    )


def _unresolved(host: Discovered, why: str) -> Discovered:
    return replace(host, reason=f"{host.reason}; login: {why}")
