"""The price book: ``prices.csv`` with pid, service_level, annual_price and currency."""

from __future__ import annotations

import csv
import hashlib
import io
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from agent.errors import SourceError
from agent.model import Evidence, Price

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = ("pid", "service_level", "annual_price", "currency")


def read_prices(path: Path) -> tuple[Price, ...]:
    """Every row of the price book, in the order of the file.

    :raises SourceError: it cannot be read, a column is missing, or a row states no exact price; a
        price that is passed over in silence would make a wrong total.
    """
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise SourceError(f"{path}: is not UTF-8; save it as UTF-8") from None
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise SourceError(
                f"{path}: no column {', '.join(missing)}; needed: {','.join(COLUMNS)}"
            )
        sha256 = hashlib.sha256(raw).hexdigest()
        return tuple(_price(path, reader.line_num, row, sha256) for row in reader)
    except csv.Error as error:
        raise SourceError(f"{path}: row {reader.line_num}: {error}; mend the row") from None


def _price(path: Path, number: int, row: dict[str, str | None], sha256: str) -> Price:
    cells = {name: (row[name] or "").strip() for name in COLUMNS}
    for name, cell in cells.items():
        if not cell:
            raise SourceError(
                f"{path}: row {number}: {name} is empty; fill it in or remove the row"
            )
    try:
        price = Decimal(cells["annual_price"])
    except InvalidOperation:
        price = Decimal("NaN")
    if not price.is_finite() or price < 0:
        raise SourceError(
            f"{path}: row {number}: annual_price {cells['annual_price']!r} is not an exact amount;"
            " write it as 598.00"
        )
    return Price(
        pid=cells["pid"],
        service_level=cells["service_level"],
        annual_price=price,
        currency=cells["currency"].upper(),
        evidence=Evidence(path.name, f"row {number}", None, sha256),
    )
