"""What a device prints: Jinja templates in ``transcripts/<platform>/<command>.txt.j2``."""

from __future__ import annotations

import re
import zlib
from datetime import UTC, datetime, time, timedelta
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lab import hardware
from lab.platforms import PLATFORMS

if TYPE_CHECKING:
    from lab.estate import Estate
    from lab.schema import Host

TRANSCRIPTS = Path(__file__).with_name("transcripts")
GREETINGS = ("banner", "greeting")


class RefusedError(Exception):
    """The device does not take this command; `at` is the place of the mistake in the line."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at


def answer(estate: Estate, host: Host, command: str, *, privileged: bool = True) -> str:
    """What `host` prints for `command`, or at ``banner`` and ``greeting``.

    :raises RefusedError: the device does not know the command, or not as this model.
    """
    known = commands(host.platform) if privileged else frozenset(PLATFORMS[host.platform].user)
    if command not in known and command not in GREETINGS:
        raise RefusedError(_mistake(command, known))
    from lab.links import heard  # noqa: PLC0415  # which asks here for addresses

    name = dict(PLATFORMS[host.platform].spelt).get(command, command).replace(" ", "_")
    template = _environment().get_template(f"{host.platform}/{name}.txt.j2")
    now = datetime.combine(estate.as_of, time(6), UTC)
    minutes = _uptime(estate, host)
    return template.render(
        estate=estate,
        host=host,
        mate=estate.mate(host),
        privileged=privileged,
        rows=hardware.inventory,
        now=now,
        uptime=minutes,
        started=now - timedelta(minutes=minutes),
        refuse=partial(_refuse, command),
        heard=heard(estate, host) if "neighbors" in command else (),
    )


@cache
def commands(platform: str) -> frozenset[str]:
    """Every command the platform has a transcript for."""
    files = (TRANSCRIPTS / platform).glob("*.txt.j2")
    names = {path.name.removesuffix(".txt.j2").replace("_", " ") for path in files}
    spelt = dict(PLATFORMS[platform].spelt) if platform in PLATFORMS else {}
    return frozenset((names | set(spelt)) - set(spelt.values()) - set(GREETINGS))


def _mistake(command: str, known: frozenset[str]) -> int:
    """Where the first word stands that no known command has at its place."""
    words = command.split(" ")
    for taken in range(len(words), 0, -1):
        start = " ".join(words[:taken])
        if any(other == start or other.startswith(f"{start} ") for other in known):
            return min(len(start) + 1, len(command))
    return 0


def _refuse(command: str, word: str) -> NoReturn:
    raise RefusedError(max(command.find(word), 0))


def number(low: int, high: int, *what: object) -> int:
    """A number between `low` and `high` that is always the same for the same thing."""
    return low + zlib.crc32("/".join(map(str, what)).encode()) % (high - low + 1)


def mac(*what: object) -> str:
    """An address of the locally administered range, always the same for the same thing."""
    digits = f"02{number(0, 0xFFFF, *what):04x}{number(0, 0xFFFFFF, 'low', *what):06x}"
    return f"{digits[:4]}.{digits[4:8]}.{digits[8:]}"


def padded(version: str) -> str:
    """The release with leading zeros, as the XE line prints it: ``17.09.04a`` (T14)."""
    return re.sub(r"(?<=\.)(\d)(?!\d)", r"0\1", version)


def column(version: str) -> str:
    """The release as the member table prints it: padded from 17 on."""
    return version if version.startswith("16.") else padded(version)


TRAINS = {
    "16.12": "Gibraltar",
    "17.3": "Amsterdam",
    "17.6": "Bengaluru",
    "17.9": "Cupertino",
    "17.12": "Dublin",
}


def train(version: str) -> str:
    """The name of the release train; later trains have none."""
    return TRAINS.get(".".join(version.split(".")[:2]), "IOSXE")


def colons(address: str) -> str:
    """``0201.a2b3.c4d5`` as ``02:01:a2:b3:c4:d5``."""
    digits = address.replace(".", "")
    return ":".join(digits[i : i + 2] for i in range(0, 12, 2))


def duration(minutes: int) -> str:
    """``3 weeks, 1 day, 2 hours, 5 minutes``."""
    parts = []
    for size, name in ((7 * 24 * 60, "week"), (24 * 60, "day"), (60, "hour"), (1, "minute")):
        amount, minutes = divmod(minutes, size)
        if amount:
            parts.append(f"{amount} {name}{'s' if amount > 1 else ''}")
    return ", ".join(parts)


def short_model(pid: str) -> str:
    """The model as older releases shorten it: ``AIR-AP3802I-E-K9`` is ``3802I`` (T19)."""
    return re.sub(r"^(AIR-C?AP|C)(\d+\w*?)-.*", r"\2", pid)


def _uptime(estate: Estate, host: Host) -> int:
    """Minutes since the host started, on the estate's day."""
    return number(2_000, 700_000, host.name, estate.as_of)


@cache
def _environment() -> Environment:
    """The templates. Nothing is escaped: what devices print is plain text."""
    environment = Environment(  # noqa: S701  # plain text, not HTML
        loader=FileSystemLoader(TRANSCRIPTS),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters |= {
        "padded": padded,
        "column": column,
        "train": train,
        "colons": colons,
        "duration": duration,
        "short_model": short_model,
    }
    environment.tests["containing"] = lambda listed, wanted: wanted in listed
    environment.tests["match_48"] = lambda pid: "-48" in pid
    environment.globals |= {"mac": mac, "number": number}
    return environment
