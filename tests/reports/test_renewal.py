"""The renewal package in every format: the same figures, nothing of the estate executed."""

import csv
import io
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import icalendar
import pytest
import python_calamine

from agent.errors import UsageError
from agent.model import Place
from agent.plan import Inputs, Parameters, renewal_plan
from agent.reconcile.survey import survey
from agent.reports import names, render, renewal_xlsx
from agent.reports.renewal import package
from agent.rules import Context
from agent.settings import Policy, Renewal
from agent.sources.vehicles import read_vehicles

SETTINGS = {
    "fiscal_year_start": "10-01",
    "budget_windows": ["07-01..09-30"],
    "minimum_bridge_days": 30,
    "back_bill": True,
    "fee_percent": 10,
}


@pytest.fixture(scope="session")
def planned(report):
    """The made-up estate with its plan: hostile values in contracts, hosts and positions."""
    places = [Place("ZZZ00000003", "C9300-24T", "=x", "west", datetime(2026, 1, 1, tzinfo=UTC))]
    lines = {
        id(line): replace(line, currency="USD", vehicle="SEWP", country_of_origin="MX")
        for asset in report.assets
        for line in asset.lines
    }
    assets = tuple(
        replace(asset, lines=tuple(lines[id(line)] for line in asset.lines))
        for asset in report.assets
    )
    context = Context(
        report.as_of,
        Policy(),
        report.sweep,
        10,
        4,
        survey=survey(assets, places, report.as_of, report.sweep.started),
    )
    parameters = Parameters(
        Renewal(**SETTINGS), owners={"north": "=made up"}, vehicles=read_vehicles()
    )
    plan = renewal_plan(Inputs(assets, report.findings, context, parameters))
    return replace(report, assets=assets, plan=plan)


@pytest.fixture(scope="session")
def written(planned, tmp_path_factory):
    out = tmp_path_factory.mktemp("package")
    return {
        path.name: path
        for name in ("renewal-package", "calendar")
        for path in render(planned, name, out)
    }


def test_every_format_is_there(written):
    pytest.importorskip("typst")
    assert sorted(written) == [
        "calendar.html",
        "calendar.ics",
        "renewal-package.csv",
        "renewal-package.html",
        "renewal-package.pdf",
        "renewal-package.xlsx",
    ]


def test_the_same_report_gives_the_same_bytes(planned, written, tmp_path):
    for name in ("renewal-package", "calendar"):
        for path in render(planned, name, tmp_path):
            assert path.read_bytes() == written[path.name].read_bytes(), path.name


def test_without_a_plan_it_says_what_to_do(report, tmp_path):
    with pytest.raises(UsageError, match="holds no renewal plan"):
        render(report, "renewal-package", tmp_path)


def sheets(path):
    book = python_calamine.CalamineWorkbook.from_path(path)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_the_workbook_has_a_sheet_a_part_and_its_bridges_can_be_computed_again(planned, written):
    found = sheets(written["renewal-package.xlsx"])
    assert list(found)[:4] == ["Summary", "Bridges", "Adds", "Orders"]
    assert {"Terms", "Drops", "Not eligible", "Inventory", "Cost by site", "Settings"} <= set(found)
    total, heads, *rows = found["Bridges"]
    place = {head: column for column, head in enumerate(heads)}
    priced = [row for row in rows if row[place["Amount"]] != ""]
    assert priced
    for row in priced:
        days = (row[place["Bridge to"]] - row[place["Bridge from"]]).days + 1
        exact = Decimal(str(row[place["Annual price"]])) * days * int(row[place["Quantity"]]) / 365
        assert abs(Decimal(str(row[place["Amount"]])) - exact) <= Decimal("0.005")
    bridges = sum(
        (x.bridge.amount for x in package(planned).extended if x.bridge and x.bridge.amount),
        Decimal(0),
    )
    assert Decimal(str(total[place["Amount"]])) == bridges


def test_currencies_have_totals_of_their_own(planned, tmp_path):
    lines = [
        replace(line, currency="EUR") if line.bridge and line.bridge.amount else line
        for line in planned.plan.lines[:5]
    ]
    mixed = replace(planned.plan, lines=(*lines, *planned.plan.lines[5:]))
    render(replace(planned, plan=mixed), "renewal-package", tmp_path)
    euro, dollar, heads, *rows = sheets(tmp_path / "renewal-package.xlsx")["Bridges"]
    amount, currency = heads.index("Amount"), heads.index("Currency")
    assert (euro[currency], dollar[currency]) == ("EUR", "USD")
    for total in (euro, dollar):
        priced = [row for row in rows if row[currency] == total[currency] and row[amount] != ""]
        of = [Decimal(str(row[amount])) for row in priced]
        assert Decimal(str(total[amount])) == sum(of) > 0
    wanted = "SUMPRODUCT(SUBTOTAL(109,OFFSET(L4,"
    found = [text for text in formulas(tmp_path / "renewal-package.xlsx") if wanted in text]
    assert [text.rpartition("=")[2] for text in found] == ["M1))", "M2))"]


def test_every_order_is_told_with_its_day_and_sum(planned, written):
    total, _, *rows = sheets(written["renewal-package.xlsx"])["Orders"]
    (sums,) = planned.plan.totals
    assert Decimal(str(total[4])) == sums.total
    assert len({row[0] for row in rows}) == planned.plan.orders_after
    periods = sum(len(line.periods) for line in planned.plan.lines)
    assert sum(row[2] + row[3] for row in rows) == periods


def formulas(path):
    """Every formula of a workbook."""
    with zipfile.ZipFile(path) as book:
        pages = [book.read(n).decode() for n in book.namelist() if "worksheets/sheet" in n]
    return [text for page in pages for text in re.findall(r"<f>(.*?)</f>", page)]


def test_no_value_of_the_estate_becomes_a_formula(written):
    ours = re.compile(r"SUBTOTAL\(109,\w+:\w+\)|\w+-\w+\+1|D\d+\+E\d+|ROUND\(\w+\*\w+\*\w+/365,2\)")
    found = formulas(written["renewal-package.xlsx"])
    assert found
    assert [text for text in found if not ours.fullmatch(text)] == []
    cells = [
        c for rows in sheets(written["renewal-package.xlsx"]).values() for r in rows for c in r
    ]
    assert '=HYPERLINK("x")' in cells


def test_the_csv_is_safe_and_says_what_the_plan_says(planned, written):
    rows = list(csv.DictReader(io.StringIO(written["renewal-package.csv"].read_text())))
    assert [row["action"] for row in rows] == [line.action for line in planned.plan.lines]
    assert '\'=HYPERLINK("x")' in [row["contract"] for row in rows]
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "@"))]


def test_the_pages_escape_every_value(written):
    for name in ("renewal-package.html", "calendar.html"):
        text = written[name].read_text()
        assert "<script>alert(1)" not in text
        assert "<img src=x" not in text
        assert "default-src 'none'" in text
    page = written["renewal-package.html"].read_text()
    assert "&lt;script&gt;alert(1)" in page
    assert 'class="scatter"' in page


def test_the_calendar_file_is_read_by_others_as_it_was_meant(planned, written):
    read = icalendar.Calendar.from_ical(written["calendar.ics"].read_bytes())
    events = list(read.walk("VEVENT"))
    entries = planned.plan.calendar
    assert len(events) == len(entries) > 0
    by_uid = {str(event["UID"]): event for event in events}
    assert len(by_uid) == len(events)
    for entry in entries:
        event = by_uid[f"{entry.key}@netcover"]
        assert event.decoded("DTSTART") == entry.day
        assert len(list(event.walk("VALARM"))) == len(entry.alarms)
        owner = entry.owner or "nobody owns this date"
        assert owner in str(event["DESCRIPTION"])


def test_the_listing_names_them():
    kinds = {kind.name: kind for kind in names()}
    assert {"html", "xlsx", "csv"} <= set(kinds["renewal-package"].endings)
    assert kinds["calendar"].endings == ("html", "ics")


def test_vehicles_and_origins(planned):
    made = package(planned)
    (vehicle,) = made.vehicles
    assert (vehicle.name, vehicle.vehicle.holder) == ("NASA SEWP V", "NASA")
    assert {origin.country for origin in made.origins if origin.sources} == {"MX"}
    assert all(origin.sources for origin in made.origins if origin.country)


def test_the_picture_has_fewer_days_after_than_before(planned):
    seen = package(planned).picture
    assert seen.dates_after <= seen.dates_before
    assert all(seen.left <= dot.x <= seen.right for dot in (*seen.before, *seen.after))


def test_what_does_not_fit_on_one_sheet_goes_on_on_another(planned, tmp_path, monkeypatch):
    monkeypatch.setattr(renewal_xlsx, "ROWS", 3)
    paths = render(planned, "renewal-package", tmp_path)
    found = sheets(next(path for path in paths if path.suffix == ".xlsx"))
    bridges = [name for name in found if name.startswith("Bridges")]
    assert bridges == ["Bridges", "Bridges 2"]
    assert sum(len(found[name]) - 2 for name in bridges) == len(package(planned).extended)
