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


def _shifted(line: str, spans: list[tuple[int, int | None]]) -> list[tuple[int, int | None]] | None:
    """The columns where a value that is too long for its own has moved those behind it.

    None where the values behind it do not begin where they would then have to.
    """
    shift = 0
    starts = [spans[0][0]]
    for start, _ in spans[1:]:
        at = start + shift
        if line[at - 1 : at] not in {"", " "}:
            end = line.find(" ", at)
            at = len(line) if end < 0 else end + 1
            shift = at - start
        if shift and line[at : at + 1] == " ":
            return None
        starts.append(at)
    return list(zip(starts, [*starts[1:], None], strict=True))


def _goes_on(row: dict[str, str], more: dict[str, str]) -> dict[str, str] | None:
    """A row with the line below it, where a cell was broken behind a hyphen or left out.

    None where the line below is another row.
    """
    if any(cell and more[head] and not cell.endswith("-") for head, cell in row.items()):
        return None
    return {head: cell + more[head] for head, cell in row.items()}


def read(text: str) -> tuple[tuple[dict[str, str], ...], tuple[str, ...]]:
    """Rows as heading -> cell, and the lines that do not fit the columns."""
    lines = text.expandtabs().splitlines()
    rows: list[dict[str, str]] = []
    unread: list[str] = []
    spans: list[tuple[int, int | None]] = []
    heads: list[str] = []
    begun = 0
    for index, line in enumerate(lines):
        if _RULER.match(line):
            spans, begun = _spans(line), len(rows)
            heads = [h.lower() for h in _cells(lines[index - 1], spans)] if index else []
        elif not line.strip() or any(map(_RULER.match, lines[index + 1 : index + 2])):
            spans = []
        elif spans and (columns := spans if _fits(line, spans) else _shifted(line, spans)):
            row = dict(zip(heads, _cells(line, columns), strict=False))
            if not row or row[heads[0]]:
                rows.append(row)
            elif len(rows) > begun and (whole := _goes_on(rows[-1], row)):
                rows[-1] = whole
            else:
                unread.append(line.strip())
        elif spans:
            unread.append(line.strip())
    return tuple(rows), tuple(unread)
