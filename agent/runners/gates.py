"""When the next host may be visited: rates, and a stop before an account is locked out.

Time is an argument everywhere, so that the gates can be tested without waiting.
"""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

Job = TypeVar("Job")


@dataclass(frozen=True, slots=True)
class Limits:
    """Logins per second, 0 for no limit; `jitter` is the share by which each wait may vary.

    `refusals_per_site`: after refused logins on so many distinct hosts of a site with the same
    credentials, no further host is tried there with them. Until the first such login succeeds, no
    more than that are tried at once, so that a wrong password is never offered more often. 0 for
    no ceiling.
    """

    per_second: float = 0.0
    per_site: float = 0.0
    per_aaa_group: float = 0.0
    jitter: float = 0.1
    refusals_per_site: int = 3


@dataclass(frozen=True, slots=True)
class Place:
    """What a host shares its limits with.

    `credentials` names the set that its login offers, None for the usual one. `logs_in`: whether
    there is a login at all; SNMP makes none. `threaded`: whether one of the few threads reads it.
    """

    site: str | None
    aaa_group: str | None
    credentials: str | None = None
    logs_in: bool = True
    threaded: bool = False

    @property
    def account(self) -> Account | None:
        """Whose refusals count together; None where there is nothing to refuse."""
        return Account(self.site, self.credentials) if self.logs_in else None


class Account(NamedTuple):
    """A set of credentials at one site."""

    site: str | None
    credentials: str | None


@dataclass(slots=True)
class _Gate:
    """Lets one pass every ``1 / rate`` seconds."""

    rate: float
    open_at: float = 0.0

    def passed(self, now: float, spread: float) -> None:
        if self.rate:
            self.open_at = max(now, self.open_at) + (1 + spread) / self.rate


@dataclass(slots=True)
class _Trust:
    """What is known of an account."""

    refused: set[str] = field(default_factory=set)
    trying: int = 0
    proven: bool = False


class Gates(Generic[Job]):
    """Jobs that wait for their turn, first come first served within a place."""

    def __init__(self, limits: Limits, chance: random.Random | None = None) -> None:
        self._limits = limits
        self._chance = chance or random.Random()  # noqa: S311 - spreads load, guards nothing
        self._everyone = _Gate(limits.per_second)
        self._sites: dict[str | None, _Gate] = {}
        self._groups: dict[str | None, _Gate] = {}
        self._trust: dict[Account, _Trust] = {}
        self._queues: dict[Place, deque[Job]] = {}
        self._late: list[tuple[float, Place, Job]] = []

    def __len__(self) -> int:
        return sum(map(len, self._queues.values())) + len(self._late)

    def add(self, place: Place, job: Job, at: float = 0.0) -> None:
        """Let `job` wait; not before the time `at`."""
        if at:
            self._late.append((at, place, job))
        else:
            self._queues.setdefault(place, deque()).append(job)

    def accounts(self) -> tuple[Account, ...]:
        """With what jobs wait to log in."""
        waiting = [p for p, queue in self._queues.items() if queue]
        waiting += [place for _, place, _ in self._late]
        return tuple(dict.fromkeys(p.account for p in waiting if p.account is not None))

    def take(self, now: float, *, threads: bool = True) -> tuple[Place, Job] | None:
        """The job whose turn it is, or None where all have to wait.

        `threads`: whether there is one for a job that needs it.
        """
        self._move_late(now)
        open_places = [
            (self._open_at(place), n, place)
            for n, (place, queue) in enumerate(self._queues.items())
            if queue and self._free(place, threads=threads)
        ]
        if not open_places:
            return None
        at, _, place = min(open_places)
        if at > now:
            return None
        queue = self._queues.pop(place)
        job = queue.popleft()
        self._queues[place] = queue  # the place goes to the end: none is starved
        for gate in self._gates(place):
            gate.passed(now, self._chance.uniform(-self._limits.jitter, self._limits.jitter))
        self.again(place)
        return place, job

    def next_turn(self, *, threads: bool = True) -> float | None:
        """When the next job may have its turn; None where that depends on a visit under way."""
        times = [
            self._open_at(place)
            for place, queue in self._queues.items()
            if queue and self._free(place, threads=threads)
        ]
        times += [at for at, _, _ in self._late]
        return min(times, default=None)

    # ------------------------------------------------------------------ credentials

    def again(self, place: Place) -> None:
        """Count a visit that begins, or that goes on in another lane on the turn it was given."""
        if place.account is not None:
            self._trust.setdefault(place.account, _Trust()).trying += 1

    def prove(self, place: Place) -> None:
        """Tell that a host took the credentials."""
        if place.account is not None:
            self._trust.setdefault(place.account, _Trust()).proven = True

    def proven(self, place: Place) -> bool:
        """Whether a host of the place's site took the place's credentials."""
        trust = self._trust.get(place.account) if place.account else None
        return trust is not None and trust.proven

    def done(self, place: Place, host: str, *, refused: bool, logged_in: bool) -> None:
        """Tell how a visit ended: whether the host refused the credentials, or took them."""
        if place.account is None:
            return
        trust = self._trust.setdefault(place.account, _Trust())
        trust.trying -= 1
        trust.proven = trust.proven or logged_in
        if refused:
            trust.refused.add(host)

    def held(self, account: Account | None) -> bool:
        """Whether nobody may be tried with `account` now."""
        ceiling = self._limits.refusals_per_site
        trust = self._trust.get(account) if account else None
        if not ceiling or account is None or trust is None:
            return False
        if self.stopped(account):
            return True
        return not trust.proven and trust.trying + len(trust.refused) >= ceiling

    def stopped(self, account: Account) -> tuple[str, ...]:
        """The hosts whose refusals stopped an account; empty where it is not stopped."""
        ceiling, trust = self._limits.refusals_per_site, self._trust.get(account)
        if not ceiling or trust is None or len(trust.refused) < ceiling:
            return ()
        return tuple(sorted(trust.refused))

    def forgive(self, account: Account) -> None:
        """Go on with an account that was stopped: somebody who may decide has said so."""
        self._trust[account].refused.clear()

    def drop(self, account: Account) -> list[tuple[Place, Job]]:
        """Take every job that would log in with `account` out of the queues."""
        dropped = [
            (place, job)
            for place, queue in self._queues.items()
            if place.account == account
            for job in queue
        ]
        dropped += [(place, job) for _, place, job in self._late if place.account == account]
        for place, queue in self._queues.items():
            if place.account == account:
                queue.clear()
        self._late = [entry for entry in self._late if entry[1].account != account]
        return dropped

    # ------------------------------------------------------------------------ rates

    def _free(self, place: Place, *, threads: bool) -> bool:
        return not self.held(place.account) and (threads or not place.threaded)

    def _gates(self, place: Place) -> tuple[_Gate, _Gate, _Gate]:
        site = self._sites.setdefault(place.site, _Gate(self._limits.per_site))
        group = self._groups.setdefault(place.aaa_group, _Gate(self._limits.per_aaa_group))
        return self._everyone, site, group

    def _open_at(self, place: Place) -> float:
        return max(gate.open_at for gate in self._gates(place))

    def _move_late(self, now: float) -> None:
        if self._late:
            due = [entry for entry in self._late if entry[0] <= now]
            self._late = [entry for entry in self._late if entry[0] > now]
            for _, place, job in sorted(due, key=lambda entry: entry[0]):
                self._queues.setdefault(place, deque()).append(job)
