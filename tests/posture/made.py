"""Units, trains and records to judge, made up; the dates of trains are Cisco's."""

from datetime import UTC, date, datetime, time

from agent.model import (
    Advisory,
    Entitlement,
    Evidence,
    FirstFixed,
    Kev,
    ReachableTrain,
    Ssvc,
    TrainMilestones,
    Unstated,
)
from agent.posture import Facts, assess_posture
from agent.posture.facts import ContractData
from agent.reconcile import reconcile
from tests.examples import DAY, eox, line, row, swept, unit

SOFTWARE = Entitlement(tac=True, rma=True, os_software=True)
HARDWARE_ONLY = Entitlement(tac=True, rma=True, os_software=False)


def day(text):
    return date.fromisoformat(text) if isinstance(text, str) and text[0].isdigit() else text


def milestone(value):
    return Unstated(value) if isinstance(value, str) and not value[0].isdigit() else day(value)


def dated(file, when):
    """Evidence of a row whose file states the day of its data."""
    collected = None if when is None else datetime.combine(day(when), time(), UTC)
    return Evidence(file, "row 2", collected, "2" * 64)


def train(os, name, *, fcs=None, collected=None, **dates):
    return TrainMilestones(
        os,
        name,
        dated("trains.csv", collected),
        bulletin="EOL00001",
        first_customer_shipment=day(fcs),
        **{key: milestone(value) for key, value in dates.items()},
    )


def ends(maintenance="unknown", security="unknown", ldos="unknown"):
    return {
        "sw_maintenance": maintenance,
        "security_support": security,
        "last_date_of_support": ldos,
    }


TRAINS = (
    train("ios-xe", "17.3", **ends("2023-03-31", "2023-09-30", "2027-03-31")),
    train("ios-xe", "17.6", **ends("2024-03-31", "2024-09-30", "2026-03-31")),
    train("ios-xe", "17.9", fcs="2022-07-29", **ends("2027-01-31", "2027-07-31", "2029-07-31")),
    train("ios-xe", "17.12", fcs="2023-07-28", **ends("2028-01-28", "2028-07-28", "2030-07-28")),
    train("ios-xe", "17.15", fcs="2024-08-09", **dict.fromkeys(ends(), "not announced")),
    train("asa", "9.12", **ends("2024-02-27", ldos="2026-02-28")),
    train("asa", "9.14", **ends("2023-03-02", ldos="2025-03-31")),
    train("asa", "9.17", **ends("2024-12-21", ldos="2025-12-31")),
    train("asa", "9.16", **ends("2024-05-27", ldos="2027-05-31")),
    train("ftd", "7.4", **ends("2026-06-30", ldos="2028-06-30")),
)


def reach(pid, os, *names):
    return tuple(ReachableTrain(pid, os, name, row(2, "reachable_trains.csv")) for name in names)


REACH = reach("C9300-48P", "ios-xe", "17.3", "17.6", "17.9", "17.12")


def supported(pid="C9300-48P", **dates):
    """EoX of a product that is for sale."""
    fields = dict.fromkeys(
        (
            "end_of_sale",
            "sw_maintenance",
            "security_support",
            "new_service_attachment",
            "service_contract_renewal",
            "last_date_of_support",
        ),
        Unstated.NOT_ANNOUNCED,
    )
    return eox(pid, **(fields | {key: milestone(value) for key, value in dates.items()}))


def switch(version="17.12.4", **fields):
    return unit(version=version, software="ios-xe", **fields)


def firewall(version="9.16(4)57", pid="FPR-2130", software="asa", **fields):
    return unit(pid=pid, version=version, software=software, platform=software, **fields)


def access_point(version, pid="AIR-AP3802I-E-K9", **fields):
    return unit(pid=pid, version=version, software="ap", kind="access_point", **fields)


def covered(start="2026-01-01", end="2028-12-31", entitles=SOFTWARE, **fields):
    return line(start=start, end=end, entitles=entitles, **fields)


def facts(as_of=DAY, **known):
    known = {
        "run_day": day(as_of),
        "contracts": (ContractData(None),),
        "trains": TRAINS,
        "reachable": REACH,
    } | known
    return Facts(as_of=day(as_of), **known)


def judge(*units, lines=(), dates=None, as_of=DAY, **known):
    """The assessment of a sweep that saw `units`, or a switch in support."""
    units = units or (switch(),)
    dates = (supported(),) if dates is None else dates
    assets = reconcile(swept(*units), lines, dates, {})
    return assess_posture(assets, facts(as_of, **known))


def one(*units, **known):
    """The posture of the only unit."""
    (posture,) = judge(*units, **known).postures
    return posture


def record(cve="CVE-2024-00001", *versions, os="ios-xe", **fields):
    fields = {
        "advisory": "cisco-sa-made-up",
        "title": "made up",
        "severity": "high",
        "published": date(2024, 3, 27),
        "updated": date(2024, 3, 27),
        "evidence": dated("cve.json", None),
        "ssvc": Ssvc("none", automatable=False, technical_impact="total"),
    } | {k: day(v) if k in ("published", "updated") else v for k, v in fields.items()}
    return Advisory(cve=cve, os=os, versions=versions, **fields)


def fixed(release, train_, *, os="ios-xe", cve="CVE-2024-00001", platform=None, free=None):
    return FirstFixed(None, cve, os, train_, platform, release, row(2, "ff.csv"), free)


def kev(added="2024-04-24", cve="CVE-2024-00001"):
    return Kev(cve, day(added), None, row(2, "kev.json"))


def answer(*units, **known):
    """The only advisory's answer about the only unit."""
    (found,) = [each.answer for each in judge(*units, **known)]
    return found
