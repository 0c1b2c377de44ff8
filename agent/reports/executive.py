"""One page for somebody with two minutes: how it stands, what is asked, what was not seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.reports.fixes import fixes
from agent.reports.shared import shared
from agent.reports.summary import input_words, summarise
from agent.terminal import visible
from agent.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from agent.model import Report
    from agent.reports.actions import Action
    from agent.reports.fixes import Fixes
    from agent.reports.summary import Group, Summary

NAME = "executive"
_LONGEST = 34
"""Characters of a name; the page holds only so much."""
_DATES, _SITES, _INPUTS = 4, 5, 5
"""Rows of each list at most; what is left out is counted."""

WORDS = (
    ("Device", "a switch, controller, firewall or access point with a serial number of its own"),
    ("Covered", "a support contract is active for that very serial number"),
    ("Security fix", "an update of the maker; it needs a contract that includes software"),
    ("Known to be exploited", "attacks are known; listed by the US agency CISA"),
    ("Last date of support", "after it the maker helps and mends no more, contract or not"),
    ("Silent system", "asked over the network and not read; its devices are in no figure"),
    ("sha256", "the fingerprint by which a file is recognised"),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One answer: the figure, of how many, and where its evidence is in the other reports."""

    question: str
    figure: str
    of: str
    facts: tuple[tuple[str, str], ...]
    evidence: str


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing to have done; `due` is the first day that concerns it, `late` if it has passed."""

    words: str
    due: date | None
    late: bool


@dataclass(frozen=True, slots=True)
class Place:
    """One site in figures."""

    name: str
    devices: int
    covered: int
    uncovered: int
    unknown: int
    hosts_failed: int


@dataclass(frozen=True, slots=True)
class Page:
    """The page."""

    title: str
    complete: bool
    figures: tuple[Figure, ...]
    asks: tuple[Ask, ...]
    dates: tuple[tuple[date, str], ...]
    dates_left_out: int
    sites: tuple[Place, ...]
    sites_left_out: int
    unseen: str
    rests_on: tuple[str, ...]
    words: tuple[tuple[str, str], ...] = WORDS


@shared
def executive(report: Report) -> Page:
    """Put the page together. Pure; its length does not grow with the estate."""
    told, made = summarise(report), fixes(report)
    ends = told.expiries
    places = sorted(map(_place, told.sites), key=_worst)
    return Page(
        title=_title(told, made),
        complete=told.complete,
        figures=(_cover(told), _patch(told, made), _exploited(told, made)),
        asks=tuple(_asks(report, told, made)),
        dates=tuple((e.day, f"cover of {count(e.units, 'device')} ends") for e in ends[:_DATES]),
        dates_left_out=max(len(ends) - _DATES, 0),
        sites=tuple(places[:_SITES]),
        sites_left_out=max(len(places) - _SITES, 0),
        unseen=_unseen(told, made),
        rests_on=tuple(_rests_on(told)),
    )


def shorten(text: str) -> str:
    """A name as the page can hold it: control characters shown, the end cut with a mark."""
    shown = visible(text)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"


def _title(told: Summary, made: Fixes) -> str:
    cover = told.coverage
    if not told.hosts.reached:
        return f"Network support on {told.as_of}: nothing was read, so nothing can be said"
    without = f"{cover.uncovered} of {count(cover.units, 'device')} have no support contract"
    blocked = told.patching.blocked
    cannot = f"{blocked} of {made.units} cannot get the next security fix"
    return f"Network support on {told.as_of}: {without}, {cannot}"


def _so_far(number: int, told: Summary) -> str:
    return f"{number} so far" if number == 0 and not told.complete else str(number)


def _cover(told: Summary) -> Figure:
    cover = told.coverage
    return Figure(
        "Are we covered?",
        str(cover.covered),
        f"of {count(cover.units, 'device')} in service have a support contract",
        (
            ("have none", _so_far(cover.uncovered, told)),
            ("not known, so not counted as covered", _so_far(cover.unknown, told)),
            (
                f"covered, but ends within {told.quote_window_days} days",
                _so_far(told.lapsing, told),
            ),
            ("past the last date of support", _so_far(told.support.past_ldos, told)),
        ),
        "auditor.html#section-rule-uncovered",
    )


def _patch(told: Summary, made: Fixes) -> Figure:
    stand = told.patching
    return Figure(
        "Can we get security fixes?",
        str(stand.watch + stand.clear),
        f"of {count(made.units, 'device')} get the next security fix as they are",
        (
            ("only after a move to newer software", _so_far(stand.move_first, told)),
            ("cannot: too old, or no contract for it", _so_far(stand.blocked, told)),
            ("not known", _so_far(stand.unknown, told)),
            ("of those that can, something ends soon", _so_far(stand.watch, told)),
        ),
        "patch-entitlement.html#section-posture",
    )


def _exploited(told: Summary, made: Fixes) -> Figure:
    def known(number: int) -> str:
        return _so_far(number, told) if made.loaded else "not known"

    now = made.section("patch now, entitled")
    return Figure(
        "Are known attacks possible?",
        known(made.exploited_units),
        f"of {count(made.units, 'device')} run software with a flaw known to be exploited",
        (
            ("of these, a fix is ready and paid for", known(now.exploited_units if now else 0)),
            ("a fix exists, no contract for it", known(made.count("fix exists, not entitled"))),
            ("devices past a deadline for a fix", known(made.overdue_units)),
            ("not known whether they run it", known(made.exploited_unclear)),
        ),
        "patch-entitlement.html#section-answers",
    )


def _asks(report: Report, told: Summary, made: Fixes) -> Iterator[Ask]:
    now = made.section("patch now, entitled")
    if now:
        exploited = f", {now.exploited_units} of them open to known attacks"
        words = (
            f"Have the fixes installed that are ready and paid for: {count(now.units, 'device')}"
        )
        yield _ask(f"{words}{exploited if now.exploited_units else ''}.", now.due, told)
    todo = {action.verb: action for action in told.actions}
    attach, renew = todo.get("attach"), todo.get("renew")
    if attach:
        words = f"Put {count(attach.units, 'device')} in service on a contract: they are on none"
        yield _ask(f"{words}.", _due(attach), told)
    if renew:
        words = f"Renew the cover of {count(renew.units, 'device')} that lapsed or is about to"
        yield _ask(f"{words}.", _due(renew), told)
    if replace := todo.get("replace"):
        words = f"Decide on replacing {count(replace.units, 'device')} past or near their last date"
        yield _ask(f"{words} of support.", _due(replace), told)
    yield from _renewal(report, told)
    if drop := todo.get("drop"):
        words = f"Stop paying for {count(drop.units, 'device')} that are gone or paid for twice"
        yield _ask(f"{words}.", _due(drop), told)
    look = todo.get("find_out")
    silent, unclear = told.hosts.failed + told.hosts.partial, look.units if look else 0
    if silent or unclear:
        hosts = f"{count(silent, 'system')} not read in full" if silent else ""
        units = f"{count(unclear, 'device')} with something not known" if unclear else ""
        yield _ask(f"Have it found out: {' and '.join(filter(None, (hosts, units)))}.", None, told)


def _renewal(report: Report, told: Summary) -> Iterator[Ask]:
    plan = report.plan
    if plan is None or not plan.lines:
        return
    cost = ", ".join(f"{t.currency} {t.bridges:,.2f}" for t in plan.totals[:2])
    price = f" for {cost} until then" if cost else " at prices not known"
    words = f"Order all contracts to one end date, {plan.anniversary},{price}"
    yield _ask(
        f"{words}: {plan.orders_before} orders become {plan.orders_after}.", plan.order_day, told
    )


def _ask(words: str, due: date | None, told: Summary) -> Ask:
    return Ask(words, due, late=due is not None and due < told.as_of)


def _due(action: Action) -> date | None:
    return min((batch.due for batch in action.batches if batch.due), default=None)


def _place(group: Group) -> Place:
    cover = group.coverage
    return Place(
        name=shorten(group.name),
        devices=cover.units,
        covered=cover.covered,
        uncovered=cover.uncovered,
        unknown=cover.unknown,
        hosts_failed=group.hosts.failed,
    )


def _worst(place: Place) -> tuple[int, str]:
    return (-place.uncovered - place.unknown - place.hosts_failed, place.name)


def _unseen(told: Summary, made: Fixes) -> str:
    hosts = told.hosts
    if not hosts.attempted:
        return "No device was asked: there is nothing behind this page."
    beyond = f" {count(len(made.beyond), 'device')} known from before there." if made.beyond else ""
    if hosts.failed or hosts.partial:
        partial = f", and {hosts.partial} only in part" if hosts.partial else ""
        return (
            f"{hosts.failed} of {count(hosts.attempted, 'system')} did not answer{partial};"
            f" what is there is in no figure.{beyond}"
        )
    return (
        f"All {count(hosts.attempted, 'system')} answered. What is in no inventory cannot be seen."
    )


def _rests_on(told: Summary) -> Iterator[str]:
    yield (
        f"Read from the devices on {told.started:%Y-%m-%d}, run {told.sweep}, netcover"
        f" {told.tool_version}"
    )
    if not told.data_ages:
        yield "no contract, lifecycle or advisory data is loaded"
    for age in told.data_ages[:_INPUTS]:
        dated = f"of {age.dated}" if age.dated else "of unknown date"
        old = ", too old to prove anything" if age.state == "too old" else ""
        digest = f", sha256 {age.sha256[:12]}" if age.sha256 else ""
        yield f"{input_words(age.what)}: {shorten(age.source)} {dated}{old}{digest}"
    if len(told.data_ages) > _INPUTS:
        yield f"{count(len(told.data_ages) - _INPUTS, 'more file')}: see the auditor report"
