"""Who is told what, and when: each thing once, until it has ended."""

from dataclasses import replace
from datetime import date

import pytest

from agent.model import Incomplete, Unreached
from agent.notify.choice import choose
from agent.notify.facts import Fact, facts
from agent.settings import Notify

AS_OF = date(2026, 11, 24)


def notify(*rules, **channels):
    named = [{"name": f"r{n}"} | rule for n, rule in enumerate(rules)]
    return Notify(rules=named, channels={name: {} for name in channels})


def due(day, key='["date", "end-1"]', **fields):
    return Fact(key, "date", "contract_end", "contract 900001 ends", "medium", day, **fields)


def finding(rule="uncovered", severity="high", serial="TST2605X001", **fields):
    return Fact(f'["finding", "{rule}", "{serial}"]', "finding", rule, f"{serial}: {rule}",
                severity, serial=serial, **fields)  # fmt: skip


def told_to(choice):
    return {n.recipient: [fact.text for _, fact in n.facts] for n in choice.notices}


DATES = {"facts": ["date"], "to": ["a@example.net"], "days_before": [90, 30]}


@pytest.mark.parametrize(
    ("left", "step"),
    [(200, None), (91, None), (90, 90), (60, 90), (31, 90), (30, 30), (1, 30), (0, 30), (-1, None)],
)
def test_a_date_is_told_when_its_day_has_come(left, step):
    day = date.fromordinal(AS_OF.toordinal() + left)
    choice = choose([due(day)], notify(DATES), AS_OF, {})
    keys = [key for notice in choice.notices for key in notice.keys]
    assert keys == ([] if step is None else [f'["date", "end-1", {step}]'])


def test_a_date_is_told_once_for_each_step():
    day = date(2027, 1, 31)
    told = {}
    steps = []
    for as_of in (date(2026, 11, 10), date(2026, 11, 24), date(2027, 1, 2), date(2027, 1, 3)):
        for notice in choose([due(day)], notify(DATES), as_of, told).notices:
            steps += [(as_of, key) for key in notice.keys]
            told[notice.recipient] = frozenset(told.get(notice.recipient, ())) | set(notice.keys)
    assert [as_of for as_of, _ in steps] == [date(2026, 11, 10), date(2027, 1, 2)]


def test_a_rule_chooses_by_kind_severity_rule_and_site():
    rule = {
        "facts": ["finding"],
        "to": ["a@example.net"],
        "severity": "high",
        "rules": ["uncovered", "past_ldos"],
        "sites": ["north"],
    }
    found = [
        finding(site="north"),
        finding("past_ldos", "critical", site="north"),
        finding("past_ldos", "medium", serial="TST2605X009", site="north"),
        finding("orphaned", site="north"),
        finding(serial="TST2605X002", site="south"),
        finding(serial="TST2605X003", site=None),
        due(AS_OF, site="north"),
    ]
    (texts,) = told_to(choose(found, notify(rule), AS_OF, {})).values()
    assert texts == ["TST2605X001: past_ldos", "TST2605X001: uncovered"]


def test_each_recipient_is_told_what_he_does_not_know():
    rule = {"facts": ["finding"], "to": ["a@example.net", "noc", "owner"]}
    found = [finding(owner="b@example.net"), finding("orphaned", owner="b@example.net")]
    told = {"a@example.net": {found[0].key}, "noc": {f.key for f in found}}
    choice = choose(found, notify(rule, noc=1), AS_OF, told)
    texts = told_to(choice)
    assert texts["a@example.net"] == ["TST2605X001: orphaned"]
    assert texts["noc"] == []
    assert len(texts["b@example.net"]) == 2
    assert {n.recipient: n.before for n in choice.notices} == {
        "a@example.net": 1, "noc": 2, "b@example.net": 0,
    }  # fmt: skip


def test_two_rules_tell_one_thing_once():
    rules = ({"facts": ["finding"], "to": ["a@example.net"]},) * 2
    (notice,) = choose([finding()], notify(*rules), AS_OF, {}).notices
    assert len(notice.facts) == 1


@pytest.mark.parametrize("owner", [None, "Network team", "a b@example.net", ""])
def test_a_fact_without_an_owner_who_can_be_told(owner):
    choice = choose(
        [finding(owner=owner)], notify({"facts": ["finding"], "to": ["owner"]}), AS_OF, {}
    )
    assert choice.notices == ()
    assert [fact.about for fact in choice.ownerless] == ["uncovered"]


def test_what_has_ended_is_noted_and_told_again_when_it_returns():
    rules = notify({"facts": ["finding"], "to": ["a@example.net"]})
    gone = replace(finding(), ends=True)
    choice = choose([gone], rules, AS_OF, {"a@example.net": {gone.key}})
    assert (choice.notices, choice.ended) == ((), {gone.key})
    assert choose([gone], rules, AS_OF, {}).ended == frozenset()
    assert len(choose([finding()], rules, AS_OF, {}).notices) == 1


def test_facts_of_a_report(report):
    found = list(facts(report))
    keys = [fact.key for fact in found]
    assert {fact.kind for fact in found} >= {"finding", "gap"}
    opened = [f for f in report.findings if f.status == "open"]
    held = [f for f in found if f.kind == "finding" and not f.ends]
    assert len(held) == len(opened)
    assert len(set(keys) & {f.key for f in held}) == len({f.key for f in held})
    unread = {gap.host for gap in report.sweep.unreached}
    assert {f.host for f in found if f.about == "unreached" and not f.ends} == unread
    assert all("<" not in f.key or "script" in f.key for f in found)


def test_what_is_not_known_ends_nothing(report):
    (one, *_) = [f for f in report.findings if f.status == "open"]
    for status, ends in (("open", [False]), ("not_a_finding", [True]), ("not_reviewed", [])):
        changed = replace(report, findings=(replace(one, status=status),))
        assert [f.ends for f in facts(changed) if f.kind == "finding"] == ends


def test_hosts_read_again_end_their_gap(report):
    (gap, *_) = report.sweep.unreached
    read = replace(report, sweep=replace(report.sweep, unreached=()))
    ends = {f.key: f.ends for f in facts(read) if f.kind == "gap" and f.host == gap.host}
    before = {f.key: f.ends for f in facts(report) if f.kind == "gap" and f.host == gap.host}
    assert set(ends.values()) == {True}
    assert set(before.values()) == {False}
    assert ends.keys() > before.keys()


def test_a_host_read_in_part_is_told_of_once_though_a_sweep_between_missed_it(report):
    visit = next(visit for visit in report.sweep.hosts if visit.reached)
    told = (Incomplete(visit.host, "truncated", "the output ended early"),)
    missed = (Unreached(visit.host, "timeout", "no answer"),)
    partly = replace(report, sweep=replace(report.sweep, incomplete=told, unreached=()))
    unread = replace(report, sweep=replace(report.sweep, incomplete=(), unreached=missed))
    (key,) = (f.key for f in gaps_of(partly, visit.host) if not f.ends)
    assert key not in {f.key for f in gaps_of(unread, visit.host)}


def gaps_of(report, host):
    return [f for f in facts(report) if f.kind == "gap" and f.host == host]
