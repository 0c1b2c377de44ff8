"""Tables whose columns are given by a ruler of dashes under their heading, as FXOS prints them."""

from __future__ import annotations

import re

_RULER = re.compile(r"^\s*-{2,}(?:\s+-{2,})+\s*$")


def _spans(ruler: str) -> list[tuple[int, int | None]]:
    starts = [m.start() for m in re.finditer(r"-+", ruler)]
    return list(zip(starts, [*starts[1:], None], strict=True))


def _cells(line: str, spans: list[tuple[int, int | None]]) -> list[str]:
    return [line[start:end].strip() for start, end in spans]


def _fits(line: str, spans: list[tuple[int, int | None]]) -> bool:
    """Whether no value runs over the start of the next column."""
    return all(line[s - 1 : s] in {"", " "} for s, _ in spans[1:])


def read(text: str) -> tuple[tuple[dict[str, str], ...], tuple[str, ...]]:
    """Rows as heading -> cell, and the lines that do not fit the columns."""
    lines = text.expandtabs().splitlines()
    rows: list[dict[str, str]] = []
    unread: list[str] = []
    spans: list[tuple[int, int | None]] = []
    heads: list[str] = []
    for index, line in enumerate(lines):
        if _RULER.match(line):
            spans = _spans(line)
            heads = [h.lower() for h in _cells(lines[index - 1], spans)] if index else []
        elif not line.strip() or any(map(_RULER.match, lines[index + 1 : index + 2])):
            spans = []
        elif spans and _fits(line, spans):
            rows.append(dict(zip(heads, _cells(line, spans), strict=False)))
        elif spans:
            unread.append(line.strip())
    return tuple(rows), tuple(unread)
