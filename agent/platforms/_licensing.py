"""Smart Licensing of one host: registration, reporting, accounts, and which licences it uses."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from agent.model import LicenceUse, Licensing, unique
from agent.platforms._outputs import answers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.model import Capture, Observation

_SECTION = re.compile(r"^(\S[^:]*):\s*$")
_USAGE = re.compile(r"^\s{0,2}(\S[^():]*?)?\s*\(([^()]+)\):\s*$")
_SUMMARY = re.compile(r"^\s*(\S.*?)\s+\((.*?)\)?\s+(\d+)\s+([A-Z][A-Z ]+?)\s*$")
_UDI = re.compile(r"\bPID:\s*[^,\s]+\s*,\s*SN:\s*([^,\s]+)", re.IGNORECASE)
_TRUST = re.compile(r"^\s++(INSTALLED on .*?)(?:\s{2,}.*)?$")
_TECHNOLOGY = re.compile(r"^\s*+(\S++)\s++(Subscription )?Smart License\s+\S+\s*$")
# What follows is when the device learnt it, or an internal number of the state.
_WHEN = re.compile(r"\s+(?:As of|on)\s+[A-Z][a-z]{2}\s+\d.*$|\s*\(\d+\)$")
_NOTHING = re.compile(r"<?(?:none|empty|not applicable|n/?a)>?|", re.IGNORECASE)

# (section, key) in lower case -> field; a section of None means any.
_FACTS: dict[tuple[str | None, str], str] = {
    ("registration", "status"): "registration",
    ("license authorization", "status"): "authorization",
    (None, "smart account"): "smart_account",
    (None, "virtual account"): "virtual_account",
    ("transport", "type"): "transport",
    (None, "policy name"): "policy",
    (None, "last report push"): "last_report",
    (None, "last ack received"): "last_ack",
    (None, "next ack deadline"): "ack_deadline",
}
_DATED = {"last_report", "last_ack", "ack_deadline"}
# What a line may state is one of these, or the UDI of a member.
_KEYS = frozenset({key for _, key in _FACTS}) | {
    "trust code installed",
    "smart licensing status",
    "license",
    "count",
    "description",
    "license type",
}
_ENABLED = "\nSmart Licensing is ENABLED"


@dataclass(slots=True)
class _Use:
    """A licence whose lines are being read."""

    name: str
    description: str | None = None
    count: int | None = None
    status: str | None = None
    subscription: bool | None = None

    def whole(self) -> LicenceUse:
        """What its lines say together."""
        return LicenceUse(self.name, self.description, self.count, self.status, self.subscription)


@dataclass(slots=True)
class _Reader:
    """What has been read of one output, and where in it the next line stands."""

    facts: dict[str, str] = field(default_factory=dict)
    uses: list[_Use] = field(default_factory=list)
    trusted: dict[str, str] = field(default_factory=dict)
    section: str = ""
    listed: bool = False
    unit: str | None = None

    def read(self, text: str) -> None:
        """Take every line; a word that its form needs is looked for first, which is cheaper."""
        for line in text.splitlines():
            key, colon, value = line.partition(":")
            if colon and line.rstrip().endswith(":") and self._heading(line):
                continue
            worded = "(" in line or "INSTALLED on" in line or "Smart License" in line
            if worded and self._row(line):
                continue
            if colon:
                key = key.strip().lower()
                if ":" in value and (udi := _UDI.search(line)):
                    self._named(key, udi[1])
                elif key in _KEYS:
                    self._pair(key, value.strip())
        if "mode" not in self.facts and _ENABLED in f"\n{text}":
            self.facts["mode"] = "Smart Licensing"

    def _row(self, line: str) -> bool:
        """Take the row of a table; False where it is none."""
        if line.rstrip()[-1:].isupper() and (summary := _SUMMARY.match(line)):
            name, description, count, status = summary.groups()
            self.uses.append(_Use(name, description, int(count), status))
        elif trust := _TRUST.match(line):
            if self.unit:
                self.trusted[self.unit] = trust[1].strip()
        elif bought := _TECHNOLOGY.match(line):
            if bought[1] != "None":
                self.uses.append(_Use(bought[1], subscription=bool(bought[2]) or None))
        else:
            return False
        return True

    def _heading(self, line: str) -> bool:
        """Take a line that heads others; False where it does not."""
        if "(" in line and (usage := _USAGE.match(line)):
            self._begin(usage[1] or usage[2], usage[2])
        elif section := _SECTION.match(line):
            self.section, self.listed = section[1].lower(), False
        else:
            return False
        return True

    def _begin(self, name: str, description: str | None) -> None:
        self.uses.append(_Use(name, description))
        self.listed = True

    def _pair(self, key: str, value: str) -> None:
        """Take a value; `key` is one of `_KEYS`."""
        if key == "trust code installed":
            self.section, self.listed = key, False
        elif key == "license" and value:
            self._begin(value, None)  # as 'show license tech support' lists it
        elif self.listed and self._use(key, value):
            return
        elif key == "smart licensing status" and not _NOTHING.fullmatch(value):
            self._status(value)
        elif (self.section, key, value) == ("smart licensing using policy", "status", "ENABLED"):
            self.facts.setdefault("mode", "Smart Licensing Using Policy")
        elif name := _FACTS.get((self.section, key)) or _FACTS.get((None, key)):
            stated = value if name in _DATED else _WHEN.sub("", value)
            if not _NOTHING.fullmatch(stated):
                self.facts.setdefault(name, stated)

    def _named(self, key: str, serial: str) -> None:
        """Take the serial of a member; a plain UDI is that of the product instance."""
        self.unit = serial
        if key == "udi":
            self.facts.setdefault("instance", serial)

    def _use(self, key: str, value: str) -> bool:
        """Take a line about the licence that is being listed; False where it is about another."""
        last = self.uses[-1]
        if key == "count" and value.isdigit():
            last.count = int(value)
        elif key == "status":
            last.status = _WHEN.sub("", value)
        elif key == "description" and value:
            last.description = last.description or value
        elif key == "license type":
            last.subscription = value.lower().startswith("subscription")
        else:
            return key in {"count", "description"}
        return True

    def _status(self, value: str) -> None:
        """The line of ``show version``: a mode, or registration and authorisation."""
        registration, _, authorization = value.partition("/")
        if value.lower().startswith("smart licensing"):
            self.facts.setdefault("mode", value)
        elif registration.isupper():
            self.facts.setdefault("registration", registration)
            if authorization:
                self.facts.setdefault("authorization", authorization)


@dataclass(frozen=True, slots=True)
class Host:
    """The licensing of one host, of which all members of a stack or pair are part.

    `trusted` are the trust codes by the serials of the units they are installed on.
    """

    licensing: Licensing
    trusted: Mapping[str, str]
    commands: tuple[str, ...]

    def of(self, serial: str | None) -> Licensing:
        """The licensing of the unit with `serial`, with the trust code installed on it."""
        code = self.trusted.get(serial or "")
        return replace(self.licensing, trust_code=code) if code else self.licensing


def read(capture: Capture) -> Host | None:
    """What the outputs of `capture` state together; None where they state nothing.

    The listings of ``show license all`` and ``usage`` come before the table of ``summary``, which
    cuts names off, and that before ``show version``. The first that states a fact wins.
    """
    outputs = sorted(
        answers(capture, "show license", "show version"),
        key=lambda o: (o.command.startswith("show version"), o.command.endswith("summary")),
    )
    facts: dict[str, str] = {}
    uses: list[_Use] = []
    trusted: dict[str, str] = {}
    commands: list[str] = []
    for output in outputs:
        told = _Reader()
        told.read(output.text)
        if told.uses or told.facts.keys() - {"instance"}:
            facts = told.facts | facts
            uses = uses or told.uses
            trusted |= told.trusted
            commands.append(output.command)
    if not commands:
        return None
    listed = tuple(dict.fromkeys(use.whole() for use in uses))
    return Host(Licensing(**facts, uses=listed), trusted, tuple(commands))


def on(capture: Capture, unit: Observation) -> Observation:
    """The unit that answered with its licensing, where any output states it."""
    host = read(capture)
    if host is None:
        return unit
    evidence = unique((*unit.evidence, *capture.evidence(*host.commands)))
    return replace(unit, licensing=host.of(unit.serial), evidence=evidence)
