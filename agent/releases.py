"""One spelling per release, so that what a device prints and what an advisory lists can meet.

Only spelling is changed, never meaning: ``17.09.04`` becomes ``17.9.4`` and stays another
release than ``17.9.4a``. What is not understood (engineering builds) is kept as printed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.model import Software

# 17.09.04a, 17.15.01prd10, 03.06.07E, 03.03.02.SG, and 17.09.04a.0.6 with a build number
_IOS_XE = re.compile(
    r"(\d+)\.(\d+)\.(\d+)([A-Za-z]*?)(?:prd\d+)?(?:\.([A-Z]+)|\.[\d.]*[A-Za-z]*)?", re.ASCII
)
_TRAIN_NAME = re.compile(r"[A-Z][a-z]+ +(?=\d)")
# 9.16(4)57 on the device, 9.16.4.57 in advisories
_ASA = re.compile(r"(\d+)\.(\d+)(?:\((\d+)\)(\d+)?|\.(\d+)(?:\.(\d+))?)", re.ASCII)
_FTD = re.compile(r"(\d+(?:\.\d+)+)(?:-\d+| *\(Build \d+\))?", re.ASCII | re.IGNORECASE)
_AP = re.compile(r"\d+(?:\.\d+){3}", re.ASCII)
# 2.12(0.498) on the device, 2.12.0.498 in package names
_FXOS = re.compile(r"(\d+)\.(\d+)(?:\((\w+(?:\.\w+)*)\)|\.(\d+\.\d+))", re.ASCII)


def _number(digits: str) -> str:
    return digits.lstrip("0") or "0"


def _ios_xe(raw: str) -> str | None:
    match = _IOS_XE.fullmatch(_TRAIN_NAME.sub("", raw, count=1))
    if match is None:
        return None
    major, minor, maintenance, letters, family = match.groups()
    return f"{_number(major)}.{_number(minor)}.{_number(maintenance)}{letters}{family or ''}"


def _asa(raw: str) -> str | None:
    match = _ASA.fullmatch(raw.split(" <", 1)[0].rstrip())
    if match is None:
        return None
    major, minor, maintenance, interim, dotted_maintenance, dotted_interim = match.groups()
    after = _number(interim or dotted_interim or "0")
    return f"{major}.{minor}({maintenance or dotted_maintenance}){'' if after == '0' else after}"


def _ftd(raw: str) -> str | None:
    match = _FTD.fullmatch(raw)
    return match[1] if match else None


def _ap(raw: str) -> str | None:
    return ".".join(_number(part) for part in raw.split(".")) if _AP.fullmatch(raw) else None


def _fxos(raw: str) -> str | None:
    match = _FXOS.fullmatch(raw)
    return f"{match[1]}.{match[2]}({match[3] or match[4]})" if match else None


_SPELLINGS = {"ios-xe": _ios_xe, "asa": _asa, "ftd": _ftd, "ap": _ap, "fxos": _fxos}


def canonical(raw: str, software: Software) -> str | None:
    """The canonical spelling of `raw`; `raw` itself where it is no numbered release.

    None only where nothing was printed.

    >>> canonical("17.09.04a", "ios-xe"), canonical("7.2.5 (Build 208)", "ftd")
    ('17.9.4a', '7.2.5')
    """
    printed = " ".join(raw.split())
    if not printed:
        return None
    spell = _SPELLINGS.get(software)
    return (spell(printed) if spell else None) or printed
