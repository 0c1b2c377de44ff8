"""What a decision rests on, and when it is asked again."""

from dataclasses import replace

from agent.model import Asset, Decision, Unreached
from agent.plan.decisions import fingerprint, merged, with_facts
from tests.examples import row
from tests.made_plans import gone, owned, paid


def decision(name="D1", serial="TST26010001", **fields):
    return Decision(name, "drop", "made up", "made up", row(), serial=serial, **fields)


def test_what_changes_the_facts():
    one = owned(lines=[paid()])
    facts = fingerprint(one)
    assert fingerprint(owned(lines=[paid()])) == facts
    assert fingerprint(replace(one, pid="C9300-48P-A")) == facts  # as an order spells it
    for other in (
        replace(one, site="south"),
        replace(one, host="sw-other"),
        replace(one, lines=(paid(end="2028-03-31"),)),
        replace(one, lines=(paid(contract="900009"),)),
        gone(lines=[paid()]),
    ):
        assert fingerprint(other) != facts


def test_a_host_that_was_not_reached_changes_no_facts():
    one = owned(lines=[paid()])
    lost = Unreached(one.host, "timeout", "made up")
    away = Asset(one.host, one.site, None, one.serial, one.pid, lines=one.lines)
    assert fingerprint(replace(away, unreached=lost)) == fingerprint(one)
    assert fingerprint(away) != fingerprint(one)


def test_a_decision_rests_on_its_unit_as_it_is():
    one = owned(lines=[paid()])
    (found,) = with_facts([decision(serial="tst26010001")], [], [one])
    assert found.facts == fingerprint(one)
    (stated,) = with_facts([decision(facts="000000000000")], [], [one])
    assert stated.facts == "000000000000"
    (wide,) = with_facts([decision(serial=None, pid="C9300-48P")], [], [one])
    assert wide.facts is None
    (unknown,) = with_facts([decision(serial="TST2")], [], [one])
    assert unknown.facts is None
    (other,) = with_facts([decision(pid="EX-1")], [], [one])
    assert other.facts is None


def test_a_decision_taken_before_keeps_what_it_rested_on():
    before = decision(facts="000000000000")
    one = owned(lines=[paid()])
    (found,) = with_facts([decision()], [before], [one])
    assert found.facts == "000000000000"
    (anew,) = with_facts([replace(decision(), reason="again")], [before], [one])
    assert anew.facts == fingerprint(one)


def test_of_one_id_the_file_stands():
    kept, given = decision(), replace(decision(), kind="keep")
    assert merged([kept, decision("D2")], [given]) == (given, decision("D2"))
