from hypothesis import given
from hypothesis import strategies as st

from agent.reconcile import reconcile
from agent.reconcile.assets import LastSighting
from tests.examples import NOON, eox, failed, line, row, seen, swept, unit


def join(sweep, lines=(), milestones=(), history=None):
    return reconcile(sweep, lines, milestones, history or {})


def test_a_unit_and_its_line_are_one_asset():
    (asset,) = join(swept(unit()), [line(pid="C9300-48P-A")])
    assert (asset.serial, asset.pid, asset.host) == ("TST26010001", "C9300-48P", "sw1")
    assert len(asset.lines) == 1
    assert asset.line_matches[0].step == "licence suffix"


def test_both_sides_are_kept():
    assets = join(swept(unit()), [line(serial="TST26019999")])
    assert [(a.serial, bool(a.sightings), len(a.lines)) for a in assets] == [
        ("TST26010001", True, 0),
        ("TST26019999", False, 1),
    ]


def test_one_unit_seen_twice_is_one_asset():
    """Each firewall of a pair sees its mate; both have an address of their own."""
    mine = unit("TST26020001", "FPR-1140", "fw1")
    mate = unit("TST26020001", None, "fw2", evidence=(seen("show failover"),))
    (asset,) = join(swept(mine, mate))
    assert asset.host == "fw1"
    assert len(asset.sightings) == 2


def test_a_board_serial_is_tied_to_its_chassis():
    own = unit("TST26020001", "ASA5525", "fw1", other_serials=("TST2602B001",))
    mate = unit("TST2602B001", "ASA5525", "fw2", evidence=(seen("show failover"),))
    (asset,) = join(swept(mate, own), [line("TST26020001", "ASA5525-K9")])
    assert (asset.serial, asset.host, len(asset.lines)) == ("TST26020001", "fw1", 1)


def test_the_same_serial_on_another_product_is_another_unit():
    assets = join(swept(unit(pid="C9300-48P"), unit(pid="ISR4331/K9", host="rt1")))
    assert [a.pid for a in assets] == ["ISR4331/K9", "C9300-48P"]


def test_a_line_whose_pid_does_not_fit_is_doubtful_not_matched():
    (asset,) = join(swept(unit()), [line(pid="ISR4331/K9")])
    assert asset.lines == ()
    assert [x.pid for x in asset.doubtful_lines] == ["ISR4331/K9"]


def test_a_line_goes_to_the_unit_whose_pid_fits():
    sweep = swept(unit(pid="C9300-48P"), unit(pid="ISR4331/K9", host="rt1"))
    assets = join(sweep, [line(pid="ISR4331/K9=")])
    assert [(a.pid, len(a.lines)) for a in assets] == [("ISR4331/K9", 1), ("C9300-48P", 0)]


def test_units_without_a_serial_stay_apart():
    aps = [unit(None, "C9120AXI-E", "wlc1", position=p, kind="access_point") for p in "ab"]
    assets = join(swept(*aps))
    assert [a.position for a in assets] == ["a", "b"]
    assert len({a.key for a in assets}) == 2


def test_an_unread_host_is_an_asset():
    (asset,) = join(swept(unreached=[failed("sw9", "auth_refused")]))
    assert (asset.host, asset.serial, asset.unreached.kind) == ("sw9", None, "auth_refused")


def test_a_line_last_seen_on_an_unread_host_knows_it():
    history = {("TST26010001", "C9300-48P"): LastSighting("sw9", "north", NOON)}
    assets = join(swept(unreached=[failed("sw9")]), [line()], history=history)
    (asset,) = [a for a in assets if a.lines]
    assert (asset.host, asset.unreached.kind, asset.last_seen) == ("sw9", "timeout", NOON)


def test_quantity_lines_stay_apart():
    assets = join(swept(), [line(None, evidence=row(2)), line(None, evidence=row(3))])
    assert len(assets) == 2


def test_milestones_say_how_they_were_found(days):
    (asset,) = join(swept(unit()), milestones=[eox("C9300-48P-A", last_date_of_support=days[0])])
    assert asset.milestones.last_date_of_support == days[0]
    assert asset.milestone_match.step == "licence suffix"


serials = st.sampled_from([None, "TST1", "TST2", "TST3"])
pids = st.sampled_from([None, "C9300-48P", "C9300-48P-A", "FPR-1140"])
units = st.builds(
    unit, serials, pids, st.sampled_from(["h1", "h2"]), position=st.sampled_from("ab")
)
lines = st.builds(line, serials, pids)


@given(st.lists(units, max_size=6), st.lists(lines, max_size=6))
def test_nothing_vanishes_and_nothing_is_counted_twice(seen_units, paid):
    assets = join(swept(*seen_units), paid)
    assert sum(len(a.sightings) for a in assets) == len(seen_units)
    attached = [x for a in assets for x in a.lines]
    doubtful = {id(x) for a in assets for x in a.doubtful_lines}
    assert len(attached) + len(doubtful) == len(paid)
    again = join(swept(*reversed(seen_units)), list(reversed(paid)))
    assert [a.key for a in again] == [a.key for a in assets]
