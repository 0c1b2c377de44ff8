import pytest
import xlsxwriter

from agent.errors import InventoryError
from agent.inventory.table import read, recognises
from tests.inventory.asked import asked

TABLE = """\
Asset register;;;;;;
Hostname;Management IP;Platform;Model;Serial Number;Site;Tags;SSH Port;Spare
sw1;192.0.2.1;ios-xe;C9300-48P;TST2605X001;north;edge core;;
sw1;;;C9300-24T;TST2605X002;;lab;;
fw1;192.0.2.2/24;Cisco ASA;ASA5525;;south;;2222;yes
"""


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "hosts.csv"
    path.write_text(TABLE)
    return path


def test_rows_of_one_host_are_its_units(table):
    fw1, sw1 = read(asked(table)).hosts
    assert (sw1.address, sw1.platform, sw1.site) == ("192.0.2.1", "catalyst_9300", "north")
    assert [(u.serial, u.pid) for u in sw1.units] == [
        ("TST2605X001", "C9300-48P"),
        ("TST2605X002", "C9300-24T"),
    ]
    assert sw1.tags == ("core", "edge", "lab")
    assert (fw1.address, fw1.port, fw1.platform) == ("192.0.2.2", 2222, "asa")
    assert dict(fw1.data) == {"spare": True}
    assert (sw1.problem, fw1.problem) == (None, None)


def test_a_workbook_says_the_same_and_names_serials_that_are_numbers(tmp_path):
    path = tmp_path / "hosts.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("devices")
        sheet.write_row(0, 0, ["name", "address", "platform", "pid", "serial"])
        sheet.write_row(1, 0, ["sw1", "192.0.2.1", "asa", "ASA5525", 12345678])
    listing = read(asked(path))
    assert [(h.name, h.address, h.units[0].serial) for h in listing.hosts] == [
        ("sw1", "192.0.2.1", "12345678")
    ]
    (note,) = listing.notes
    assert note.startswith("devices row 2: the serial number is kept as a number, which loses lead")


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({"site": ("north",)}, ["sw1"]),
        ({"site": ("north", "south")}, ["fw1", "sw1"]),
        ({"tag": ("lab",)}, ["sw1"]),
        ({"site": ("south",), "tag": ("lab",)}, []),
    ],
)
def test_filters_of_the_settings(table, filters, names):
    listing = read(asked(table, filters=filters))
    assert [host.name for host in listing.hosts] == names


def test_filters_of_the_settings_and_of_the_command_all_hold(table):
    listing = read(asked(table, [("tag", "edge"), ("site", "south")]))
    assert (listing.hosts, listing.filters) == ((), ("tag=edge", "site=south"))


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("pdu;192.0.2.9;raritan-px;;;;", "platform 'raritan-px' is not known; say which of ours"),
        ("r1;192.0.2.9;ios-xe;;;;", "platform 'ios-xe' leaves open which of ours it is"),
        ("r1;192.0.2.9;;C9300-48P;;;", "the source states no platform"),
        ("r1;192.0.2.2;asa;;;;;2222", "same address as fw1 (192.0.2.2 port 2222)"),
    ],
)
def test_a_host_that_cannot_be_swept_stays_with_its_reason(table, row, reason):
    table.write_text(TABLE + row + "\n")
    (host,) = [h for h in read(asked(table)).hosts if h.name in {"pdu", "r1"}]
    assert host.problem is not None
    assert reason in host.problem


def test_what_the_settings_say_of_a_platform_stands_first(table):
    table.write_text(TABLE + "pdu;192.0.2.9;raritan-px;;;;\nr1;192.0.2.8;edge os;;;;\n")
    listing = read(asked(table, platforms={"Raritan_PX": "none", "edge-os": "ios"}))
    found = {host.name: (host.platform, host.problem) for host in listing.hosts}
    assert (found["pdu"], found["r1"]) == ((None, None), ("ios", None))


def test_the_status_of_a_row_is_that_of_its_unit(tmp_path):
    path = tmp_path / "hosts.csv"
    path.write_text("name,serial,status\nsw1,TST1,Active\nsw1,TST2,Offline\n")
    (host,) = read(asked(path)).hosts
    assert (host.status, [u.status for u in host.units]) == ("active", ["active", "offline"])


def test_names_that_occur_twice_are_told_apart(table):
    table.write_text(TABLE + "fw1;192.0.2.3;asa;;;north;\n")
    assert [h.name for h in read(asked(table)).hosts] == ["fw1@north", "fw1@south", "sw1"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "hosts.csv: is empty"),
        ("a;b\n1;2\n", "no heading row with 'name' or 'address'"),
        ("name\n", "no host below the headings"),
        ("name;site\n;north\n", "row 2: neither a name nor an address; fill one in"),
        ("name;ip\nsw1;1.2.3\n", "row 2: '1.2.3' is no address"),
        ("name;ip\nsw1;192.0.2.1 x\n", "row 2: '192.0.2.1 x' is no address"),
        ("name;ssh port\nsw1;99999\n", "row 2: port '99999' is none"),
        ("name;spare\nsw1;perhaps\n", "row 2: spare: 'perhaps' is neither yes nor no"),
        ("name;refresh\nsw1;soon\n", "row 2: refresh: 'soon' is no date"),
        ("name;site\nsw1;a\nsw1;b\n", "row 2 and row 3: both are sw1, with site 'a' and 'b'"),
        ('name;site\n"sw1;a\n', "row 2: a quotation mark is opened and never closed"),
    ],
)
def test_a_bad_table_is_one_error_that_names_the_row(table, text, message):
    table.write_text(text)
    with pytest.raises(InventoryError) as caught:
        read(asked(table))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_it_is_told_by_its_ending(table, tmp_path):
    assert recognises(table)
    assert not recognises(tmp_path)
    assert not recognises(tmp_path / "hosts.ini")
