"""One rule set decides who is told what, and when; what was told before is not told again."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agent.model import SEVERITIES, days

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from datetime import date

    from agent.notify.facts import Fact
    from agent.settings import Notify, NotifyRule

OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Notice:
    """What one recipient is told in one run: facts by the name of the rule that chose them.

    `recipient` is a mail address or the name of a channel; `before`: facts he was told earlier.
    """

    recipient: str
    facts: tuple[tuple[str, Fact], ...]
    before: int

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of all facts, each once."""
        return tuple(dict.fromkeys(fact.key for _, fact in self.facts))


@dataclass(frozen=True, slots=True)
class Choice:
    """Who is told what, whom nobody answers for, and which facts have ended."""

    notices: tuple[Notice, ...]
    ownerless: tuple[Fact, ...]
    ended: frozenset[str]


def choose(
    found: Iterable[Fact], notify: Notify, as_of: date, told: Mapping[str, AbstractSet[str]]
) -> Choice:
    """Ask the rules about every fact, as of a day.

    A fact that goes to its owner and has none, or one without a mail address, is `ownerless`.
    """
    news: dict[str, dict[str, tuple[str, Fact]]] = defaultdict(dict)
    before: dict[str, set[str]] = defaultdict(set)
    ownerless: dict[str, Fact] = {}
    ended: set[str] = set()
    for fact in found:
        if fact.ends:
            ended.add(fact.key)
            continue
        for rule in notify.rules:
            for due in _due(fact, rule, as_of):
                for recipient in _recipients(due, rule):
                    if recipient is None:
                        ownerless.setdefault(due.key, due)
                    elif due.key in told.get(recipient, frozenset()):
                        before[recipient].add(due.key)
                    else:
                        news[recipient].setdefault(due.key, (rule.name, due))
    notices = tuple(
        Notice(
            recipient,
            tuple(sorted(news[recipient].values(), key=lambda pair: (pair[1].order, pair[0]))),
            len(before[recipient]),
        )
        for recipient in sorted(news.keys() | before.keys())
    )
    known = {key for keys in told.values() for key in keys}
    return Choice(notices, tuple(ownerless.values()), frozenset(ended & known))


def _due(fact: Fact, rule: NotifyRule, as_of: date) -> Iterator[Fact]:
    """The fact where the rule wants it told today; a date as often as one of its days has come."""
    if fact.kind not in rule.facts or (rule.sites and fact.site not in rule.sites):
        return
    if fact.kind == "finding" and rule.rules and fact.about not in rule.rules:
        return
    if SEVERITIES.index(fact.severity) > SEVERITIES.index(rule.severity):
        return
    if fact.kind != "date":
        yield fact
        return
    if fact.day is None or (rule.kinds and fact.about not in rule.kinds):
        return
    left = days(as_of, fact.day)
    come = [before for before in rule.days_before if left <= before]
    if left >= 0 and come:
        yield replace(fact, key=json.dumps([*json.loads(fact.key), min(come)], ensure_ascii=False))


def _recipients(fact: Fact, rule: NotifyRule) -> Iterator[str | None]:
    for to in rule.to:
        if to != OWNER:
            yield to
        elif fact.owner and "@" in fact.owner and not any(c.isspace() for c in fact.owner):
            yield fact.owner
        else:
            yield None
