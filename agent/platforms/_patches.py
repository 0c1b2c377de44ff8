"""Installed SMUs and AP service packs: they mend advisories without changing the release."""

from __future__ import annotations

import re

_SECTION = re.compile(r"^\s*\[\s*(?:(?:Switch|Chassis)\s+)?([\d\s/RP]+?)\s*\]", re.IGNORECASE)
_ROW = re.compile(r"^\s*(SMU|APSP|APDP)\s+([IUCD])\s+(\S+)")
_DEFECT = re.compile(r"CSC[a-z]{2}\d{5}")


def read(text: str) -> tuple[tuple[int | None, str], ...]:
    """Active patches with the member they are installed on (None: the whole device).

    A patch is named by its defect id where its file name holds one, else by that file name.
    """
    found: list[tuple[int | None, str]] = []
    numbers: tuple[int | None, ...] = (None,)
    for line in text.splitlines():
        if section := _SECTION.match(line):
            listed = re.findall(r"(?<![/\w])(\d{1,3})(?!\d)", section[1])
            numbers = tuple(int(n) for n in listed) or (None,)
        elif (row := _ROW.match(line)) and row[2] in "CU":
            file = re.split(r"[:/]", row[3])[-1]
            defect = _DEFECT.search(file)
            found += [(n, defect[0] if defect else file) for n in numbers]
    return tuple(dict.fromkeys(found))
