"""How a value is spelt in each format, so that no value can be taken for markup or a formula."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from agent.reports.rows import Rows
from agent.terminal import visible
from agent.wording import count, sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")  # noqa: RUF001
"""What a spreadsheet may take for a formula (OWASP, "CSV injection"), its full-width forms,
and the apostrophe itself, so that taking one leading apostrophe away restores every value."""

_MARKDOWN = str.maketrans(
    {c: f"\\{c}" for c in "\\`*_[]|~$"}
    | {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
    | dict.fromkeys("\n\r\t\v\f\x1c\x1d\x1e\x85\u2028\u2029", " ")
)


def csv_row(values: Iterable[object]) -> str:
    """One row of CSV without its line end: text quoted, numbers bare, formulas made text."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_NONNUMERIC, lineterminator="")
    writer.writerow([_csv_cell(value) for value in values])
    return buffer.getvalue()


def _csv_cell(value: object) -> str | int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    text = visible(spelt(value))
    return f"'{text}" if text.startswith(_FORMULA) else text


def markdown(value: object) -> str:
    """A value as the text of a Markdown table cell or paragraph."""
    return visible(spelt(value)).translate(_MARKDOWN)


def spelt(value: object) -> str:
    """A value as text: ISO dates, UTC times, nothing for None, yes and no."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case _:
            return str(value)


def to_json(value: object, indent: int | None = None) -> str:
    """JSON of a dataclass, in the order of its fields; dates ISO, exact decimals as text."""
    return json.dumps(_plain(value), ensure_ascii=False, indent=indent)


def _plain(value: object) -> object:
    match value:
        case None | bool() | int() | float():
            return value
        case date() | Decimal():
            return spelt(value)
        case tuple() | list() | Rows():
            return [_plain(item) for item in value]
        case dict():
            return {str(key): _plain(item) for key, item in value.items()}
        case _ if is_dataclass(value):
            return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
        case _:
            return str(value)


def csp_hash(text: str) -> str:
    """The source expression by which a content security policy allows this inline text alone."""
    digest = hashlib.sha256(str(text).encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


FILTERS: dict[str, Callable[..., str]] = {
    "count": count,
    "csp_hash": csp_hash,
    "csv_row": csv_row,
    "json": to_json,
    "md": markdown,
    "sentence": sentence,
    "spelt": spelt,
    "visible": visible,
}
"""What templates may call beside Jinja's own filters."""
