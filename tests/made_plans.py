"""Made-up estates to plan: units with their lines, findings, dates."""

from datetime import date
from decimal import Decimal

from agent.model import Asset, Finding
from agent.plan import Inputs, Parameters, renewal_plan
from agent.reconcile.survey import Survey
from agent.rules import Context
from agent.settings import Policy, Renewal
from tests.examples import eox, line, swept, unit

ORDER = date(2026, 11, 24)


def owned(serial="TST26010001", pid="C9300-48P", lines=(), milestones=None, **fields):
    """A unit in service with `lines`."""
    seen = unit(serial, pid, host=f"sw-{serial.lower()}")
    fields = {"host": seen.host, "site": seen.site, "platform": seen.platform} | fields
    return Asset(
        serial=serial,
        pid=pid,
        sightings=(seen,),
        lines=tuple(lines),
        milestones=milestones,
        **fields,
    )


def gone(serial="TST26010001", pid="C9300-48P", lines=(), milestones=None):
    """A unit that was not seen."""
    return Asset(None, "north", None, serial, pid, lines=tuple(lines), milestones=milestones)


def paid(serial="TST26010001", end="2027-03-31", price="365.00", **fields):
    """A line with a price of a dollar a day."""
    amount = None if price is None else Decimal(price)
    currency = fields.pop("currency", None if price is None else "USD")
    return line(serial, end=end, annual_price=amount, currency=currency, **fields)


def ageing(pid="C9300-48P", **days):
    """EoX dates, by keyword, as ISO text."""
    return eox(pid, **{name: date.fromisoformat(day) for name, day in days.items()})


def finding(asset, rule, status="open"):
    key = (asset.host, asset.serial, asset.pid, asset.position)
    return Finding(rule, status, "medium", *key, f"{rule}, made up")


def plan(*assets, findings=(), as_of=ORDER, anniversary=None, every_day=False, **settings):
    """The plan of `assets`; other keywords are settings of the renewal or parameters."""
    own = {
        k: settings.pop(k)
        for k in ("decisions", "prices", "hosts", "owners", "sites")
        if k in settings
    }
    own_survey, licences = settings.pop("survey", None), settings.pop("licences", ())
    known = settings.pop("truth", None)
    if isinstance(anniversary, str):
        anniversary = date.fromisoformat(anniversary)
    parameters = Parameters(
        Renewal(**settings), anniversary=anniversary, every_day=every_day, **own
    )
    context = Context(as_of, Policy(), swept(), 1, 1, survey=own_survey or Survey(), truth=known)
    return renewal_plan(Inputs(tuple(assets), tuple(findings), context, parameters, licences))
