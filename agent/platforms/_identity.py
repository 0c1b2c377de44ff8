"""Serials and PIDs as printed: which of them identify a unit, and why the others do not."""

from __future__ import annotations

import re

_NOT_STATED = re.compile(
    r"""(?:n/?a|sn|pid|not|none|null|nil|unknown(?:\ pid)?|unspecified|invalid|empty|4294967295
        |not\ (?:available|specified|present|supported)|<.*>|\[.*\]|([x*\-._#?0])\1*)""",
    re.IGNORECASE | re.VERBOSE,
)
_VERSION_ID = re.compile(r"V?\d\d?", re.ASCII)
_SERIAL_LIKE = re.compile(r"(?=[A-Z0-9-]*\d)[A-Z]{2,4}[A-Z0-9-]{6,}", re.ASCII)
_VIRTUAL = re.compile(
    r"""ASAv | FTDv | NGFWv | FPRTD-V | FTD-V | C9800-CL | C8000V | CSR1000V | C9KV | CAT9KV
      | ISRV | vWLC | .*Threat\ Defense\ for\ """,
    re.IGNORECASE | re.VERBOSE,
)
# A syslog line that landed behind the serial.
_INTRUDER = re.compile(r"\s+[*%].*$")


def serial(printed: str) -> tuple[str | None, str | None]:
    """The serial in `printed`, or None and the reason why it is none."""
    value = printed.strip()
    if "*" in value or "%" in value:
        value = _INTRUDER.sub("", value).strip()
    if not value:
        return None, "serial not printed"
    if _NOT_STATED.fullmatch(value):
        return None, f"serial printed as {value!r}"
    return value, None


def pid(printed: str) -> tuple[str | None, str | None]:
    """The PID in `printed`, or None and the reason why it is none."""
    value = printed.strip()
    if not value:
        return None, "PID not printed"
    if _NOT_STATED.fullmatch(value):
        return None, f"PID printed as {value!r}"
    return value, None


def swapped(vid: str, serial_number: str) -> bool:
    """Whether VID and SN stand in each other's place, as some storage rows print them."""
    return bool(_VERSION_ID.fullmatch(serial_number) and _SERIAL_LIKE.fullmatch(vid))


def virtual(product: str | None) -> bool:
    """Whether a PID names a virtual machine, which has no hardware to cover."""
    return product is not None and bool(_VIRTUAL.match(product))
