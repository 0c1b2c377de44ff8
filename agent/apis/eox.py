"""EoX v5: milestones by PID, by serial, by software release, and of a whole span of days."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

from agent.apis.ask import Answered, all_pages, ask, number
from agent.apis.problems import Problem
from agent.apis.shapes import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from agent.apis.session import Reply, Session

AT_ONCE = 20
"""PIDs, serials or releases a call."""
_LONGEST_SERIAL = 40
_OS_TYPES = {"ios-xe": "IOS-XE", "asa": "ASA"}
"""Software the service knows; it has no FTD and no FXOS."""


def by_pid(session: Session, pids: Sequence[str]) -> Iterator[Answered | Problem]:
    """Records by PID; one that has no notice comes as a record with its own error."""
    yield from ask(pids, AT_ONCE, lambda some: _pages(session, "EOXByProductID", some), _named)


def by_serial(session: Session, serials: Sequence[str]) -> Iterator[Answered | Problem]:
    """Records by serial. A malformed serial would have a whole call refused: it is not asked."""
    good = [serial for serial in serials if _well_formed(serial)]
    if bad := tuple(serial for serial in serials if not _well_formed(serial)):
        yield Problem("eox", "invalid_input", "", "no serial number: letters and digits only", bad)
    yield from ask(good, AT_ONCE, lambda some: _pages(session, "EOXBySerialNumber", some), _named)


def by_software(
    session: Session, releases: Sequence[tuple[str, str]]
) -> Iterator[Answered | Problem]:
    """Records by software and release, such as ``("asa", "9.16(4)")``."""
    known = {f"{version},{_OS_TYPES[os]}": None for os, version in releases if os in _OS_TYPES}
    other = tuple(f"{version},{os}" for os, version in releases if os not in _OS_TYPES)
    if other:
        text = "the service knows IOS XE and ASA only; use a bulletin table for trains of others"
        yield Problem("eox", "no_data", "", text, other)

    def call(some: tuple[str, ...]) -> Reply | Problem:
        params = {f"input{place}": text for place, text in enumerate(some, start=1)}
        return _all(session, "EOXBySWReleaseString/{page}/", params)

    yield from ask(list(known), AT_ONCE, call)


def by_dates(session: Session, spans: Sequence[tuple[date, date]]) -> Iterator[Answered | Problem]:
    """Records changed within spans of days, one document a span: what arrived is kept."""
    named = {f"{start}..{end}": f"{start}/{end}" for start, end in spans}

    def call(one: tuple[str, ...]) -> Reply | Problem:
        attribute = {"eoxAttrib": "UPDATED_TIMESTAMP"}
        return _all(session, f"EOXByDates/{{page}}/{named[one[0]]}", attribute)

    for found in ask(list(named), 1, call):
        yield found
        if isinstance(found, Answered) and (short := _short(found)):
            yield Problem("eox", "unexpected", "", short, found.items)


def _short(answered: Answered) -> str | None:
    """How many records of a span are missing, where some are."""
    content = json.loads(answered.body)
    arrived = len(content.get("EOXRecord") or [])
    total = number((content.get("PaginationResponseRecord") or {}).get("TotalRecords"), 0)
    return f"{arrived} of {total} records arrived" if arrived < total else None


def _pages(session: Session, call: str, some: tuple[str, ...]) -> Reply | Problem:
    # A comma parts the items and "=" is the spare's mark: both stay; "/" would be a path.
    inputs = quote(",".join(some), safe=",=")
    return _all(session, f"{call}/{{page}}/{inputs}", {})


def _named(reply: Reply) -> set[str]:
    """What an answer settles: inputs that hit one record come joined by commas, with blanks.

    A record whose error is the service's own trouble settles nothing: it is asked again next time.
    """
    records = reply.content["EOXRecord"] or []
    settled = (record for record in records if not _in_trouble(record.get("EOXError") or {}))
    values = (str(record.get("EOXInputValue") or "") for record in settled)
    return {one.strip() for value in values for one in value.split(",")}


def _all(session: Session, path: str, params: Mapping[str, str]) -> Reply | Problem:
    first = _page(session, path, 1, params)
    return all_pages(first, "EOXRecord", _last, lambda page: _page(session, path, page, params))


def _page(session: Session, path: str, page: int, params: Mapping[str, str]) -> Reply | Problem:
    query = {"responseencoding": "json", **params}
    found = session.get("eox", path.replace("{page}", str(page)), query)
    if not isinstance(found, Problem) and "EOXRecord" not in found.content:
        return Problem("eox", "unexpected", "", "the answer has no EOXRecord")
    return found


def _in_trouble(error: Mapping[str, object]) -> bool:
    return kind_of(str(error.get("ErrorID") or "")) == "server"


def _last(reply: Reply) -> int:
    record = reply.content.get("PaginationResponseRecord") or {}
    return number(record.get("LastIndex"))


def _well_formed(serial: str) -> bool:
    return serial.isascii() and serial.isalnum() and len(serial) <= _LONGEST_SERIAL
