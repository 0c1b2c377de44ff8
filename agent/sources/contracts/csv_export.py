"""Contract lines from CSV, whatever the delimiter, encoding and order of columns."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationInfo, model_validator

from agent.model import ContractLine, Entitlement, Evidence
from agent.sources import cells
from agent.sources.columns import aliases
from agent.sources.contracts import ContractSource, LineFile
from agent.sources.delimited import SUFFIXES
from agent.sources.records import Form, read_delimited

if TYPE_CHECKING:
    from collections.abc import Mapping

_IN_FORCE = ("ACTIVE", "SIGNED", "OVERDUE")
_ANSWERS = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}
_DAMAGED = re.compile(r"\d+(?:[.,]\d+)?E\+\d+|\d+[.,]\d+E\d+|\d+[.,]0+", re.IGNORECASE)
_NOT_A_SERIAL = re.compile(r"[\s,;=\"']")
_WHOLE = re.compile(r"\d{1,9}(?:\.0+)?")
_AMOUNT = re.compile(r"\d+(?:\.\d+)?")
_CURRENCY = re.compile(r"[A-Za-z]{3}")


def _serial(cell: str) -> str | None:
    text = cells.content(cell)
    if text and _DAMAGED.fullmatch(text):
        raise ValueError(
            f"{text!r} was damaged by a spreadsheet; export again with the column as text"
        )
    if text and _NOT_A_SERIAL.search(text):
        raise ValueError(f"{text!r} is not one serial number; write one to a row")
    return text


def _status(cell: str) -> str | None:
    text = cells.content(cell)
    if text and text.upper() not in _IN_FORCE:
        raise ValueError(f"{text!r} is not in force ({', '.join(_IN_FORCE)} are); not taken")
    return text


def _day(cell: str, info: ValidationInfo) -> date | None:
    text = cells.content(cell)
    return None if text is None else cells.day(text, info.context)


def _quantity(cell: str) -> int | None:
    text = cells.content(cell)
    if text is None:
        return None
    if not _WHOLE.fullmatch(text) or not (number := int(text.partition(".")[0])):
        raise ValueError(f"{text!r} is not a quantity; write a whole number from 1 up")
    return number


def _amount(cell: str) -> Decimal | None:
    text = cells.content(cell)
    if text is None:
        return None
    if not _AMOUNT.fullmatch(text):
        raise ValueError(f"{text!r} is not an amount; write it as 1234.50, the currency apart")
    return Decimal(text)


def _currency(cell: str) -> str | None:
    text = cells.content(cell)
    if text and not _CURRENCY.fullmatch(text):
        raise ValueError(f"{text!r} is not a currency; write its three letters, as EUR or USD")
    return text.upper() if text else None


def _answer(cell: str) -> bool | None:
    text = cells.content(cell)
    if text is None:
        return None
    if text.lower() not in _ANSWERS:
        raise ValueError(f"{text!r} is neither yes nor no; leave it blank where it is not known")
    return _ANSWERS[text.lower()]


_Text = Annotated[str | None, BeforeValidator(cells.content)]
_Day = Annotated[date | None, BeforeValidator(_day)]
_Answer = Annotated[bool | None, BeforeValidator(_answer)]


class ContractRow(BaseModel):
    """One row as the file states it, checked."""

    model_config = ConfigDict(extra="forbid")

    contract: _Text = None
    serial: Annotated[str | None, BeforeValidator(_serial)] = None
    pid: _Text = None
    service_level: _Text = None
    status: Annotated[str | None, BeforeValidator(_status)] = None
    start: _Day = None
    end: _Day = None
    quantity: Annotated[int | None, BeforeValidator(_quantity)] = None
    site: _Text = None
    end_customer: _Text = None
    annual_price: Annotated[Decimal | None, BeforeValidator(_amount)] = None
    currency: Annotated[str | None, BeforeValidator(_currency)] = None
    vehicle: _Text = None
    country_of_origin: _Text = None
    warranty_end: _Day = None
    tac: _Answer = None
    rma: _Answer = None
    os_software: _Answer = None
    application_software: _Answer = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.serial is None and self.quantity is None:
            raise ValueError("neither a serial number nor a quantity; add one of them")
        if self.end is None:
            raise ValueError("no end date; add it")
        if self.start is not None and self.end < self.start:
            raise ValueError(f"ends {self.end} before it starts {self.start}; mend the dates")
        if self.annual_price is not None and self.currency is None:
            raise ValueError("a price without its currency; add a Currency column, as EUR or USD")
        return self

    def line(self, evidence: Evidence) -> ContractLine:
        """The contract line that the row states."""
        if self.end is None:
            raise ValueError("no end date")
        return ContractLine(
            contract=self.contract,
            serial=self.serial,
            pid=self.pid,
            service_level=self.service_level,
            start=self.start,
            end=self.end,
            evidence=evidence,
            entitles=Entitlement(self.tac, self.rma, self.os_software, self.application_software),
            quantity=self.quantity or 1,
            site=self.site,
            end_customer=self.end_customer,
            annual_price=self.annual_price,
            currency=self.currency,
            vehicle=self.vehicle,
            country_of_origin=self.country_of_origin,
            warranty_end=self.warranty_end,
        )


def _suffices(found: Mapping[str, int]) -> bool:
    return "end" in found and ("serial" in found or "quantity" in found)


def _record(values: Mapping[str, str], date_format: str | None, evidence: Evidence) -> ContractLine:
    return ContractRow.model_validate(values, context=date_format).line(evidence)


FORM = Form(
    known=aliases(Path(__file__).with_name("aliases.yaml")),
    suffices=_suffices,
    needed="'Serial Number' (or 'Quantity') and 'End Date'",
    record=_record,
)


def read(path: Path, date_format: str | None, data_date: date | None) -> LineFile:
    """The contract lines of a CSV file.

    :raises SourceError: it cannot be read, is no text, or has no heading row.
    """
    return read_delimited(path, FORM, date_format, data_date)


SOURCE = ContractSource(
    name="csv_export",
    title="delimited text (.csv, .tsv, .txt)",
    accepts=lambda path: path.suffix.lower() in SUFFIXES,
    read=read,
)
