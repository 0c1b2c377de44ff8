"""The dates of the renewal as an iCalendar file: stable UIDs, alarms, the owner of each date."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import IO, TYPE_CHECKING

from icalendar import Alarm, Calendar, Event

from agent.reports import Format
from agent.reports.renewal import package
from agent.terminal import visible
from agent.wording import count

if TYPE_CHECKING:
    from agent.model import CalendarEntry, Report

DOMAIN = "netcover"
NOBODY = "nobody owns this date"


def write(report: Report, stream: IO[bytes]) -> None:
    """Write every date as an all-day event. The stamp is the day of the report, not the clock."""
    calendar = Calendar()
    calendar.add("prodid", f"-//netcover//{report.tool_version}//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "Renewal")
    stamp = datetime.combine(report.as_of, time(), UTC)
    for entry in package(report).plan.calendar:
        calendar.add_component(_event(entry, stamp))
    stream.write(calendar.to_ical())


def _event(entry: CalendarEntry, stamp: datetime) -> Event:
    event = Event()
    event.add("uid", f"{entry.key}@{DOMAIN}")
    event.add("dtstamp", stamp)
    event.add("dtstart", entry.day)
    event.add("dtend", entry.day + timedelta(days=1))
    event.add("summary", visible(entry.title))
    event.add("description", visible(_description(entry)))
    event.add("categories", [entry.kind.replace("_", " ")])
    event.add("transp", "TRANSPARENT")
    if entry.owner:
        event.add("contact", visible(entry.owner))
    for before in entry.alarms:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("trigger", timedelta(days=-before))
        alarm.add("description", visible(f"in {count(before, 'day')}: {entry.title}"))
        event.add_component(alarm)
    return event


def _description(entry: CalendarEntry) -> str:
    units = f"{count(entry.units, 'unit')}. " if entry.units else ""
    return f"{units}Owner: {entry.owner or NOBODY}."


FORMAT = Format(
    report="calendar",
    ending="ics",
    title="",
    audience="",
    write_bytes=write,
)
