"""Records of imported files as rows of their tables, and back, without loss."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time
from decimal import Decimal
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from agent.model import (
    ContractLine,
    CoverStatement,
    Decision,
    Entitlement,
    Evidence,
    Licence,
    Milestones,
    TrainMilestones,
    Unstated,
    Waiver,
)
from agent.store.schema import (
    CONTRACT_LINE,
    COVER_STATEMENT,
    DECISION,
    EOX,
    LICENCE,
    TRAIN,
    WAIVER,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Row, Table

    from agent.model import Milestone

FileKind: TypeAlias = Literal[
    "contracts", "eox", "advisories", "first_fixed", "kev", "patch_map", "decisions", "waivers"
]
Extent: TypeAlias = Literal["contracts", "units", "serials", "amendment"]
"""What a file is the whole truth of: the contracts it names, single units on a contract, all that
its form says of the serials it names, or nothing: it adds."""
SINGLE: tuple[Extent, ...] = ("units", "serials")
"""Extents of answers about single units: they never replace an export of a contract."""
Basis: TypeAlias = Literal["declared", "header", "modified"]
Record: TypeAlias = (
    ContractLine | CoverStatement | Licence | Milestones | TrainMilestones | Decision | Waiver
)
Values: TypeAlias = dict[str, object]
AnyRow: TypeAlias = "Row[Any]"  # a row's columns are known to the schema, not to the type checker


@dataclass(frozen=True, slots=True)
class ImportFile:
    """One file as it was imported; `data_date` is the day its data was true, where known.

    `basis` says where that day comes from; one that is only the file's modification time tells
    its age and never which of two files is newer. `sites` are those it speaks of, none for all.
    `options` is all else that decides how the content is read: the same content read in another
    way or declared for another day is imported anew.
    """

    name: str
    sha256: str
    imported: datetime
    data_date: date | None
    kind: FileKind
    date_format: str | None = None
    basis: Basis = "declared"
    sites: tuple[str, ...] = ()
    options: str | None = None
    form: str | None = None
    extent: Extent = "contracts"

    @property
    def ordered_by(self) -> date | None:
        """The day that decides which of two files is newer."""
        return None if self.basis == "modified" else self.data_date


@dataclass(frozen=True, slots=True)
class Kept:
    """How one type of record is kept: its table and the values of its own columns."""

    table: Table
    values: Callable[[ImportFile, Any], Values]


def origin(file: ImportFile, evidence: Evidence, values: Values) -> Values:
    """Where a row is from, and a digest of what it says.

    :raises ValueError: the record is from another file.
    """
    if evidence.sha256 != file.sha256 or evidence.source != file.name:
        raise ValueError(f"{evidence.command} of {evidence.source} is not from {file.name}")
    digest = hashlib.blake2b(repr(tuple(values.values())).encode(), digest_size=16).digest()
    return {"command": evidence.command, "digest": digest}


def evidence(row: AnyRow) -> Evidence:
    """The evidence of a row that was selected together with its file."""
    day = None if row.basis == "modified" else row.data_date
    collected = None if day is None else datetime.combine(day, time(), UTC)
    return Evidence(row.name_of_file, row.command, collected, row.sha256)


# --------------------------------------------------------------------- contract lines

_ENTITLED = tuple(f.name for f in fields(Entitlement))
_LINE = tuple(
    f.name for f in fields(ContractLine) if f.name not in {"evidence", "entitles", "annual_price"}
)

_line_fields, _rights = attrgetter(*_LINE), attrgetter(*_ENTITLED)


def _line_values(file: ImportFile, line: ContractLine) -> Values:
    values: Values = dict(zip(_LINE, _line_fields(line), strict=True))
    price = line.annual_price
    values["annual_price"] = None if price is None else str(price)
    values.update(zip(_ENTITLED, _rights(line.entitles), strict=True))
    values["scope"] = _line_scope(file, line)
    return values


def _line_scope(file: ImportFile, line: ContractLine) -> str:
    if file.extent in SINGLE and line.contract:
        return f"{file.form}: {line.serial!r} on {line.contract}"
    if line.contract:
        return f"contract {line.contract}"
    return f"unit {line.serial!r} {line.pid!r}"


def line(row: AnyRow) -> ContractLine:
    """The contract line of a row."""
    price = row.annual_price
    return ContractLine(
        **{name: getattr(row, name) for name in _LINE},
        entitles=Entitlement(*(getattr(row, name) for name in _ENTITLED)),
        annual_price=None if price is None else Decimal(price),
        evidence=evidence(row),
    )


# ------------------------------------------------------- statements of cover, licences

_STATEMENT = tuple(f.name for f in fields(CoverStatement) if f.name != "evidence")
_LICENCE = tuple(f.name for f in fields(Licence) if f.name != "evidence")


def _statement_values(file: ImportFile, one: CoverStatement) -> Values:
    values: Values = {name: getattr(one, name) for name in _STATEMENT}
    return values | {"scope": f"{file.form}: {one.serial} {one.contract}"}


def statement(row: AnyRow) -> CoverStatement:
    """The statement of a row."""
    values = {name: getattr(row, name) for name in _STATEMENT}
    return CoverStatement(**values, evidence=evidence(row))


def _licence_values(_: ImportFile, one: Licence) -> Values:
    values: Values = {name: getattr(one, name) for name in _LICENCE}
    scope = (one.account, one.virtual_account, one.subscription, one.name, one.sku)
    return values | {"scope": json.dumps(scope)}


def licence(row: AnyRow) -> Licence:
    """The licence of a row."""
    return Licence(**{name: getattr(row, name) for name in _LICENCE}, evidence=evidence(row))


# -------------------------------------------------------------------------- milestones

_DATES = tuple(f.name for f in fields(Milestones) if f.default is Unstated.UNKNOWN)
_PRODUCT = ("pid", "bulletin", "url", "replacement")
_TRAIN_DATES = tuple(f.name for f in fields(TrainMilestones) if f.default is Unstated.UNKNOWN)
_TRAIN = ("os", "train", "bulletin", "url", "first_customer_shipment")


def _eox_values(_: ImportFile, one: Milestones) -> Values:
    values: Values = {name: getattr(one, name) for name in _PRODUCT}
    return values | {name: _milestone_text(getattr(one, name)) for name in _DATES}


def milestones(row: AnyRow) -> Milestones:
    """The milestones of a row."""
    dates: dict[str, Any] = {name: _milestone(getattr(row, name)) for name in _DATES}
    product = {name: getattr(row, name) for name in _PRODUCT}
    return Milestones(evidence=evidence(row), **product, **dates)


def _train_values(_: ImportFile, one: TrainMilestones) -> Values:
    values: Values = {name: getattr(one, name) for name in _TRAIN}
    values |= {name: _milestone_text(getattr(one, name)) for name in _TRAIN_DATES}
    return values | {"scope": f"{one.os} {one.train}"}


def train(row: AnyRow) -> TrainMilestones:
    """The software train of a row."""
    values: dict[str, Any] = {name: getattr(row, name) for name in _TRAIN}
    values |= {name: _milestone(getattr(row, name)) for name in _TRAIN_DATES}
    return TrainMilestones(**values, evidence=evidence(row))


def _milestone_text(milestone: Milestone) -> str | None:
    if isinstance(milestone, Unstated):
        return None if milestone is Unstated.UNKNOWN else milestone.value
    return milestone.isoformat()


def _milestone(text: str | None) -> Milestone:
    if text is None:
        return Unstated.UNKNOWN
    return date.fromisoformat(text) if text[0].isdigit() else Unstated(text)


# ---------------------------------------------------------------- decisions and waivers

_DECISION = tuple(f.name for f in fields(Decision) if f.name != "evidence")
_WAIVER = tuple(f.name for f in fields(Waiver) if f.name != "evidence")


def _decision_values(_: ImportFile, one: Decision) -> Values:
    return {name: getattr(one, name) for name in _DECISION} | {"scope": one.id}


def decision(row: AnyRow) -> Decision:
    """The decision of a row."""
    return Decision(evidence=evidence(row), **{name: getattr(row, name) for name in _DECISION})


def _waiver_values(_: ImportFile, one: Waiver) -> Values:
    return {name: getattr(one, name) for name in _WAIVER} | {"scope": one.approval}


def waiver(row: AnyRow) -> Waiver:
    """The waiver of a row."""
    return Waiver(evidence=evidence(row), **{name: getattr(row, name) for name in _WAIVER})


KEPT: dict[type[Record], Kept] = {
    ContractLine: Kept(CONTRACT_LINE, _line_values),
    CoverStatement: Kept(COVER_STATEMENT, _statement_values),
    Licence: Kept(LICENCE, _licence_values),
    Milestones: Kept(EOX, _eox_values),
    TrainMilestones: Kept(TRAIN, _train_values),
    Decision: Kept(DECISION, _decision_values),
    Waiver: Kept(WAIVER, _waiver_values),
}
