"""One row of a table of contract lines: what it may state, checked, and the record it becomes."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationInfo, model_validator

from agent.model import ContractLine, CoverStatement, Entitlement
from agent.sources import cells
from agent.sources.columns import aliases
from agent.sources.records import Facts, Form, facts_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agent.sources.contracts import ContractRecord

IN_FORCE = ("ACTIVE", "SIGNED", "OVERDUE")
"""States of a line that give cover, as contract analysts read them."""

MASKED = "confidential"
"""What Cisco writes where the caller's id is not linked to the contract."""

_ANSWERS = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}
_MINOR = {"minor", "child", "component", "c", "yes", "y", "true"}
_COVERED = {"covered", "active", "yes", "y"}
_NOT_COVERED = {"not covered", "uncovered", "never covered", "no", "n", "expired"}
_DAMAGED = re.compile(r"\d+(?:[.,]\d+)?E\+\d+|\d+[.,]\d+E\d+|\d+[.,]0+", re.IGNORECASE)
_NOT_A_SERIAL = re.compile(r"[\s,;=\"']")
_WHOLE = re.compile(r"\d{1,9}(?:\.0+)?")
_AMOUNT = re.compile(r"\d+(?:\.\d+)?")
_CURRENCY = re.compile(r"[A-Za-z]{3}")


def serial_number(cell: str) -> str | None:
    """The serial number in a cell, as it is spelled there, without blanks around it.

    :raises ValueError: a spreadsheet has damaged it, or it is not one serial.
    """
    text = cells.content(cell)
    if text and _DAMAGED.fullmatch(text):
        raise ValueError(
            f"{text!r} was damaged by a spreadsheet; export again with the column as text"
        )
    if text and _NOT_A_SERIAL.search(text):
        raise ValueError(f"{text!r} is not one serial number; write one to a row")
    return text


def _day(cell: str, info: ValidationInfo) -> date | None:
    text = cells.content(cell)
    return None if text is None else cells.day(text, facts_of(info).date_format)


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


def _minor(cell: str) -> bool:
    return cell.strip().lower() in _MINOR


def _coverage(cell: str) -> bool | None:
    text = cell.strip().lower()
    return True if text in _COVERED else False if text in _NOT_COVERED else None


_Text = Annotated[str | None, BeforeValidator(cells.content)]
Day = Annotated[date | None, BeforeValidator(_day)]
_Answer = Annotated[bool | None, BeforeValidator(_answer)]


class ContractRow(BaseModel):
    """One row as the file states it, checked."""

    model_config = ConfigDict(extra="forbid")

    contract: _Text = None
    serial: Annotated[str | None, BeforeValidator(serial_number)] = None
    pid: _Text = None
    service_level: _Text = None
    status: _Text = None
    coverage: Annotated[bool | None, BeforeValidator(_coverage)] = None
    start: Day = None
    end: Day = None
    terminated: Day = None
    quantity: Annotated[int | None, BeforeValidator(_quantity)] = None
    site: _Text = None
    end_customer: _Text = None
    annual_price: Annotated[Decimal | None, BeforeValidator(_amount)] = None
    currency: Annotated[str | None, BeforeValidator(_currency)] = None
    vehicle: _Text = None
    country_of_origin: _Text = None
    warranty_end: Day = None
    provider: _Text = None
    parent_serial: Annotated[str | None, BeforeValidator(serial_number)] = None
    minor: Annotated[bool, BeforeValidator(_minor)] = False
    response: _Text = None
    tac: _Answer = None
    rma: _Answer = None
    os_software: _Answer = None
    application_software: _Answer = None

    @property
    def masked(self) -> bool:
        """Whether Cisco hides the contract from whoever asked."""
        said = (self.contract, self.service_level, self.status)
        return any(text is not None and text.lower() == MASKED for text in said)

    @property
    def states_no_cover(self) -> bool:
        """Whether the row is about a unit that is on no contract."""
        return self.coverage is False and self.serial is not None and self.end is None

    @model_validator(mode="after")
    def _consistent(self, info: ValidationInfo) -> Self:
        if self.serial is None and self.quantity is None:
            raise ValueError("neither a serial number nor a quantity; add one of them")
        if self.states_no_cover or (self.masked and self.serial):
            return self
        if self.end is None:
            raise ValueError("no end date; add it")
        if self.start is not None and self.end < self.start:
            raise ValueError(f"ends {self.end} before it starts {self.start}; mend the dates")
        if self.annual_price is not None and self.currency is None:
            raise ValueError("a price without its currency; add a Currency column, as EUR or USD")
        self._check_force(facts_of(info).ended)
        return self

    def _check_force(self, ended: date | None) -> None:
        """A line that is not in force gives no cover, unless its cover is over anyway."""
        in_force = self.status is None or self.status.upper() in IN_FORCE
        if self.end is None or (in_force and self.coverage is not False):
            return
        said = repr(self.status) if not in_force else "a unit that is not covered"
        end = min(self.end, self.terminated) if self.terminated else self.end
        if ended is None or end >= ended:
            raise ValueError(
                f"{said} is not in force ({', '.join(IN_FORCE)} are) and its end,"
                f" {end}, is not past; not taken"
            )

    def record(self, facts: Facts) -> ContractLine | CoverStatement:
        """The contract line that the row states, or its word on a unit without a visible one."""
        if self.serial is not None and (self.states_no_cover or self.masked):
            return self._statement(self.serial, facts)
        if self.end is None:
            raise ValueError("no end date")
        return ContractLine(
            contract=self.contract,
            serial=self.serial,
            pid=self.pid,
            service_level=self.service_level,
            start=self.start,
            end=min(self.end, self.terminated) if self.terminated else self.end,
            evidence=facts.evidence,
            entitles=Entitlement(self.tac, self.rma, self.os_software, self.application_software),
            quantity=self.quantity or 1,
            site=self.site,
            end_customer=self.end_customer,
            annual_price=self.annual_price,
            currency=self.currency,
            vehicle=self.vehicle,
            country_of_origin=self.country_of_origin,
            warranty_end=self.warranty_end,
            provider=self.provider,
            parent_serial=self.parent_serial,
            minor=self.minor,
            status=self.status,
            response=self.response,
        )

    def _statement(self, number: str, facts: Facts) -> CoverStatement:
        if self.masked:
            until = f", cover to {self.end}" if self.end else ""
            reason = f"the contract is masked for whoever exported the file{until}"
            return CoverStatement(
                number, self.pid, "not_visible", reason, facts.evidence, self.end, None
            )
        return CoverStatement(
            number, self.pid, "not_covered", "the file says it is not covered", facts.evidence
        )


def _suffices(found: Mapping[str, int]) -> bool:
    return ("end" in found and ("serial" in found or "quantity" in found)) or (
        "coverage" in found and "serial" in found
    )


def _record(values: Mapping[str, str], facts: Facts) -> ContractLine | CoverStatement:
    return ContractRow.model_validate(values, context=facts).record(facts)


def _doubts(values: Mapping[str, str], numbers: frozenset[str]) -> list[str]:
    return list(_about_serials(values, numbers))


def _about_serials(values: Mapping[str, str], numbers: frozenset[str]) -> Iterator[str]:
    """What a spreadsheet may have done to a serial number that was taken as it stands."""
    cell = values.get("serial", "")
    text = cell.strip()
    if text != cell and text:
        yield f"serial {cell!r} has blanks around it; read as {text!r}"
    if "serial" in numbers and text:
        yield f"serial {text} is kept as a number: leading zeros, if it had any, are lost"


FORM: Form[ContractRecord] = Form(
    name="table",
    known=aliases(Path(__file__).with_name("aliases.yaml")),
    suffices=_suffices,
    needed="'Serial Number' (or 'Quantity') and 'End Date'",
    record=_record,
    doubts=_doubts,
)
