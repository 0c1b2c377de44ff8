"""Cisco's EoX API v5, answers saved as files: a record, or an error, for each product.

SSA_ERR_026 is the normal answer for a product without a notice: not announced. Blank dates come as
nothing, a blank or null, and say nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.model import NO_REPLACEMENT, Milestones, Unstated
from agent.sources.answers import holds, load, objects, read_objects, text
from agent.sources.eox import EoxSource, MilestoneFile
from agent.sources.eox._cells import milestone, replacement

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from agent.model import Milestone
    from agent.sources import Declared
    from agent.sources.answers import Item
    from agent.sources.records import Facts

NOT_ANNOUNCED = "SSA_ERR_026"
_DATES = {
    "announced": "EOXExternalAnnouncementDate",
    "end_of_sale": "EndOfSaleDate",
    "routine_failure_analysis": "EndOfRoutineFailureAnalysisDate",
    "sw_maintenance": "EndOfSWMaintenanceReleases",
    "security_support": "EndOfSecurityVulSupportDate",
    "new_service_attachment": "EndOfSvcAttachDate",
    "service_contract_renewal": "EndOfServiceContractRenewal",
    "last_date_of_support": "LastDateOfSupport",
}

_TAKEN = {key: field for field, key in _DATES.items()} | {
    "EOLProductID": "pid",
    "ProductBulletinNumber": "bulletin",
    "LinkToProductBulletinURL": "url",
    "EOXMigrationDetails": "replacement",
    "EOXError": "not announced",
}


def _make(item: Item, facts: Facts) -> Iterator[Milestones]:
    for error in objects(item, "EOXError"):
        if text(error.get("ErrorID")) != NOT_ANNOUNCED:
            said = f"{text(error.get('ErrorID'))} {text(error.get('ErrorDescription'))}"
            raise ValueError(f"the service answered {said.strip()}")
        yield from _not_announced(item, error, facts)
        return
    pid = _pid(item)
    if not pid:
        raise ValueError("no EOLProductID")
    yield Milestones(
        pid=pid,
        evidence=facts.evidence,
        bulletin=text(item.get("ProductBulletinNumber")).strip() or None,
        url=text(item.get("LinkToProductBulletinURL")).strip() or None,
        replacement=_replacement(item),
        **{field: _date(item, key, facts) for field, key in _DATES.items()},
    )


def _replacement(item: Item) -> str | None:
    """The PID to migrate to, or that none is offered; other options name no product."""
    for details in objects(item, "EOXMigrationDetails"):
        named = text(details.get("MigrationProductId"))
        option = replacement(text(details.get("MigrationOption")))
        return replacement(named) or (option if option == NO_REPLACEMENT else None)
    return None


def _not_announced(item: Item, error: Item, facts: Facts) -> Iterator[Milestones]:
    """A record for every PID that the error is about: the serial query names the mapped one."""
    named = text(error.get("ErrorDataValue")) or text(item.get("EOXInputValue"))
    pids = [pid.strip() for pid in named.split(",") if pid.strip()]
    if not pids:
        raise ValueError(f"{NOT_ANNOUNCED} without the product it is about")
    silent = dict.fromkeys(_DATES, Unstated.NOT_ANNOUNCED)
    for pid in pids:
        yield Milestones(pid=pid, evidence=facts.evidence, **silent)


def _date(item: Item, key: str, facts: Facts) -> Milestone:
    value = next((each.get("value") for each in objects(item, key)), None)
    return milestone(text(value), facts.date_format)


def read(path: Path, declared: Declared) -> MilestoneFile:
    """The milestones of one answer; of several records of a product, those updated last."""
    found = objects(load(path).content, "EOXRecord")
    newest: dict[str, str] = {}
    for item in found:
        newest[_pid(item)] = max(newest.get(_pid(item), ""), _updated(item))

    def make(item: Item, facts: Facts) -> Iterator[Milestones | str]:
        if _updated(item) < newest[_pid(item)]:
            last = newest[_pid(item)]
            yield f"{_pid(item)}: a record updated on {last} stands before this one"
        else:
            yield from _make(item, facts)

    return read_objects(path, "eox_api", found, make, declared, taken=_TAKEN)


def _pid(item: Item) -> str:
    return text(item.get("EOLProductID")).strip()


def _updated(item: Item) -> str:
    return text(next((x.get("value") for x in objects(item, "UpdatedTimeStamp")), None)).strip()


SOURCE = EoxSource(
    name="eox_api",
    title="answers of the EoX API (.json with EOXRecord[])",
    accepts=lambda path: holds(path, lambda content: bool(objects(content, "EOXRecord"))),
    read=read,
)
