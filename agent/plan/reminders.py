"""The two calendars as one list of dates, each with somebody who owns it.

The key of an entry is made of what the date is about, so that a calendar that has it already moves
it: a milestone of a product keeps its key where its date is changed. The end of another term is
another date.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeAlias

from agent.model import CalendarEntry
from agent.plan.calendars import ENDLESS_YEARS, add_years, fiscal_year, fiscal_year_ends

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from agent.model import Asset, PlannedLine
    from agent.settings import Renewal

Owner: TypeAlias = "Callable[[str | None, str | None], str | None]"
"""Who owns the dates of a host at a site."""

MILESTONES = (
    ("new_service_attachment", "last_attachment", "last day to attach new service"),
    ("service_contract_renewal", "last_renewal", "last day to renew service"),
    ("security_support", "security_ends", "security fixes end (EoVSS)"),
    ("last_date_of_support", "ldos", "last date of support (LDoS)"),
)


def calendar(
    lines: Iterable[PlannedLine],
    assets: Iterable[Asset],
    settings: Renewal,
    owner: Owner,
    span: tuple[date, date, date],
) -> tuple[CalendarEntry, ...]:
    """Every date from the order day on. `span`: order day, anniversary, end of the window.

    What lies so far ahead that it says there is no end is no date to be reminded of.
    """
    order_day, anniversary, window_end = span
    found = [
        *_ends(lines, settings, owner),
        *_lifecycle(assets, owner),
        *_yearly(settings, owner, order_day, window_end),
        _entry(
            "anniversary", "plan", anniversary, "common end date of all lines", 0, owner(None, None)
        ),
    ]
    last = add_years(order_day, ENDLESS_YEARS)
    kept = (each for each in found if order_day <= each.day <= last)
    return tuple(sorted(kept, key=lambda each: (each.day, each.kind, each.key)))


def _ends(lines: Iterable[PlannedLine], settings: Renewal, owner: Owner) -> Iterator[CalendarEntry]:
    """Ends of contracts, and the days on which quotes have to be asked for."""
    groups: dict[tuple[str, str | None, date], list[PlannedLine]] = defaultdict(list)
    for line in lines:
        if line.end is not None and line.action != "drop":
            groups[
                line.contract or "without a number", owner(line.host, line.site), line.end
            ].append(line)
    for (contract, who, end), members in groups.items():
        units = sum(line.quantity for line in members)
        about = f"{contract}|{who or ''}|{end}"
        alarms = tuple(sorted(settings.quote_alarms, reverse=True))
        title = f"contract {contract} ends"
        yield _entry("contract_end", about, end, title, units, who, alarms=alarms)
        for window in alarms:
            opens = end - timedelta(days=window)
            words = f"{window} days before contract {contract} ends: ask for the quote"
            yield _entry(f"quote_{window}", about, opens, words, units, who)


def _lifecycle(assets: Iterable[Asset], owner: Owner) -> Iterator[CalendarEntry]:
    groups: dict[tuple[str, str, str, str | None, date], int] = defaultdict(int)
    for asset in assets:
        if asset.observation is None or asset.milestones is None:
            continue
        who = owner(asset.host, asset.site)
        for name, kind, words in MILESTONES:
            day = getattr(asset.milestones, name)
            attaching = kind != "last_attachment" or not asset.lines
            if isinstance(day, date) and attaching:
                groups[kind, words, asset.milestones.pid, who, day] += 1
    for (kind, words, pid, who, day), units in groups.items():
        yield _entry(
            kind, f"{pid}|{who or ''}", day, f"{pid}: {words}", units, who, alarms=(90, 30)
        )


def _yearly(settings: Renewal, owner: Owner, first: date, last: date) -> Iterator[CalendarEntry]:
    who = owner(None, None)
    for end in fiscal_year_ends(first, last, settings.fiscal_year_start):
        year = fiscal_year(end, settings.fiscal_year_start)
        yield _entry(
            "fiscal_year", str(year), end, f"fiscal year {year} ends", 0, who, alarms=(30,)
        )
    for window in settings.budget_windows:
        for year in range(first.year, last.year + 1):
            for kind, words, day in (
                ("budget_opens", "opens", window.first.on(year)),
                ("budget_closes", "closes", window.last.on(year)),
            ):
                if first <= day <= last:
                    title = f"budget window {window} {words}"
                    yield _entry(kind, f"{window}|{year}", day, title, 0, who, alarms=(30,))


def _entry(  # noqa: PLR0917 - a row of the calendar
    kind: str,
    about: str,
    day: date,
    title: str,
    units: int,
    who: str | None,
    alarms: tuple[int, ...] = (),
) -> CalendarEntry:
    key = hashlib.sha256(f"{kind}|{about}".encode()).hexdigest()[:24]
    return CalendarEntry(key, day, kind, title, units, who, alarms=alarms)


def unowned(entries: Iterable[CalendarEntry]) -> tuple[CalendarEntry, ...]:
    """Dates that nobody owns."""
    return tuple(each for each in entries if each.owner is None)
