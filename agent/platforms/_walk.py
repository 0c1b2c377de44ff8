"""A walk as ``snmpwalk -On`` prints it, line by line, from text to values by numeric OID."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Oid: TypeAlias = tuple[int, ...]

# .1.3.6.1.2.1.1.1.0 = ..., 1.3.6.1..., and iso.3.6.1... where no MIB was loaded
_VARIABLE = re.compile(r"^[ \t]*(?:\.?1|iso)((?:\.\d{1,10})+)[ \t]*=[ \t]?(.*)$", re.ASCII)
_TYPED = re.compile(
    r"""(STRING | Hex-STRING | INTEGER | OID | Timeticks | Gauge32 | Counter32 | Counter64
        | IpAddress | Network\ Address | BITS | Opaque | UInteger32 | Unsigned32 | NULL)
        :[ ]?(.*)""",
    re.VERBOSE | re.DOTALL,
)
_WRONG_TYPE = re.compile(r"Wrong Type \(should be [^)]*\): ")
_NOTHING = re.compile(r"No Such (?:Object|Instance)|No more variables left")
_ENUMERATED = re.compile(r"[^\s()]*\((-?\d+)\)$")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}\s*)*")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_CLOSED = re.compile(r'(?<!\\)(?:\\\\)*"\s*$')


@dataclass(frozen=True, slots=True)
class Walk:
    """Values by OID, in the order of the OIDs.

    `unread` are lines that belong to no value; `cut` is the line at which the text ends within
    a value.
    """

    oids: tuple[Oid, ...]
    values: Mapping[Oid, str]
    unread: tuple[str, ...] = ()
    cut: str | None = None

    def scalar(self, oid: Oid) -> str:
        """The value of one instance, empty where the agent did not state it."""
        return self.values.get(oid, "").strip()

    def column(self, oid: Oid) -> dict[Oid, str]:
        """Values of a table's column by the index of their row."""
        start = bisect_left(self.oids, oid)
        end = bisect_left(self.oids, (*oid[:-1], oid[-1] + 1))
        return {each[len(oid) :]: self.values[each] for each in self.oids[start:end] if each != oid}


def octets(raw: bytes) -> str:
    """The characters of an OCTET STRING; its bytes in hex where it holds no text."""
    try:
        text = raw.rstrip(b"\0").decode("utf-8")
    except UnicodeDecodeError:
        return raw.hex(" ")
    return text if all(c.isprintable() or c.isspace() for c in text) else raw.hex(" ")


def _quoted(text: str) -> str:
    """What stands between the quotes, the backslashes before quotes and backslashes removed."""
    body = text[1:]
    closed = _CLOSED.search(body)
    return _ESCAPED.sub(r"\1", body[: body.rindex('"')] if closed else body)


def _value(printed: str) -> str | None:
    """A value without its type; None where the agent has no such variable."""
    text = _WRONG_TYPE.sub("", printed, count=1)
    if _NOTHING.match(text):
        return None
    typed = _TYPED.match(text)
    kind, body = (typed[1], typed[2]) if typed else ("", text)
    if kind in {"Hex-STRING", "BITS"}:
        return octets(bytes.fromhex(body)) if _HEX.fullmatch(body) else body.strip()
    if kind == "INTEGER":
        enumerated = _ENUMERATED.match(body.strip())
        return enumerated[1] if enumerated else body.strip()
    if kind == "OID":
        return re.sub(r"^(?:iso|\.1)\.", "1.", body.strip())
    if body.startswith('"'):
        return _quoted(body)
    return body.rstrip("\n")


def _opened(line: str) -> str | None:
    """What stands behind the quote that opens a string on this line; None where none does."""
    text = line.removeprefix("STRING:").lstrip()
    return text[1:] if text.startswith('"') else None


def _variables(text: str) -> Iterator[tuple[Oid, str] | str]:
    """Every variable with all its lines, and lines that stand before the first."""
    oid: Oid | None = None
    lines: list[str] = []
    for line in text.replace("\r\n", "\n").removesuffix("\n").split("\n"):
        if begins := _VARIABLE.match(line):
            if oid is not None:
                yield oid, "\n".join(lines)
            oid, lines = (1, *map(int, begins[1].split(".")[1:])), [begins[2]]
        elif oid is None:
            if line.strip():
                yield line.strip()
        else:
            lines.append(line)
    if oid is not None:
        yield oid, "\n".join(lines)


def _bounded(printed: str) -> tuple[str, list[str], bool]:
    """A value, the lines behind it that are no part of it, and whether its end is missing."""
    first, *others = printed.split("\n")
    if first.startswith("Hex-STRING:"):
        count = next((n for n, line in enumerate(others) if not _HEX.fullmatch(line)), len(others))
        return "\n".join([first, *others[:count]]), others[count:], False
    opened = _opened(first)
    if opened is not None:
        for count, line in enumerate([opened, *others]):
            if _CLOSED.search(line):
                return "\n".join([first, *others[:count]]), others[count:], False
        return printed, [], True
    if first.startswith("STRING:"):
        return printed, [], False
    return first, others, False


def read(text: str) -> Walk:
    """All values of `text`; of an OID that is printed twice the first value counts."""
    values: dict[Oid, str] = {}
    unread: list[str] = []
    cut: str | None = None
    for found in _variables(text):
        if isinstance(found, str):
            unread.append(found)
            continue
        oid, printed = found
        body, behind, endless = _bounded(printed)
        unread += [line.strip() for line in behind if line.strip()]
        cut = body.split("\n")[0][:80] if endless else None
        if cut is not None:
            # Half a serial is another serial.
            unread.append(cut)
            continue
        value = _value(body)
        if value is not None:
            values.setdefault(oid, value)
    oids = tuple(sorted(values))
    return Walk(oids, values, tuple(unread[:-1] if cut else unread), cut)


def walks(text: str) -> bool:
    """Whether `text` begins as a numeric walk does."""
    return any(_VARIABLE.match(line) for line in text.lstrip()[:4096].splitlines()[:5])
