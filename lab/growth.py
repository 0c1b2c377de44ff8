"""A larger estate of the same mix: thousands of hosts from the few that are declared."""

from __future__ import annotations

from functools import partial
from itertools import count, islice
from typing import TYPE_CHECKING, TypeVar

from lab.errors import EstateError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lab.estate import Estate
    from lab.schema import Host, Member, Part

P = TypeVar("P", bound="Part")
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PER_WEEK = len(DIGITS) ** 4


class _Serials:
    """New serials of the same form; one old serial becomes one new one within a copy."""

    def __init__(self) -> None:
        self._numbers = count()

    def for_one_copy(self) -> Callable[[str], str]:
        """A function from an old serial to the copy's own."""
        made: dict[str, str] = {}

        def new(serial: str) -> str:
            stem, hyphen, end = serial.partition("-")
            if stem not in made:
                # Year 99 and weeks no calendar has: plainly made up, and nobody declares them.
                week, number = divmod(next(self._numbers), PER_WEEK)
                made[stem] = f"{stem[:3]}99{99 - week}{_base36(number)}"
            return made[stem] + hyphen + end

        return new


def _base36(number: int) -> str:
    digits = ""
    for _ in range(4):
        number, digit = divmod(number, len(DIGITS))
        digits = DIGITS[digit] + digits
    return digits


def grow(estate: Estate, hosts: int) -> Estate:
    """An estate of exactly `hosts` hosts: the declared ones, then copies of them in turn.

    A pair or a chassis that no longer fits at the end is cut where the number is reached; what
    is left of it is a unit on its own. The same input gives the same estate.

    :raises EstateError: the estate's network has too few addresses, or `hosts` is less than one.
    """
    if hosts < 1:
        raise EstateError(f"hosts: {hosts} is no number of hosts; ask for one or more")
    if hosts <= len(estate.hosts):
        return estate.with_hosts(_whole(estate.hosts[:hosts]))
    serials = _Serials()
    more: Iterator[Host] = (
        _copy(host, number, new)
        for number in count(2)
        for new in [serials.for_one_copy()]
        for host in estate.hosts
    )
    grown = (*estate.hosts, *islice(more, hosts - len(estate.hosts)))
    taken = {host.address for host in estate.hosts}
    pool = (address for address in estate.network.hosts() if address not in taken)
    addressed = [
        host if place < len(estate.hosts) else host.model_copy(update={"address": next(pool, None)})
        for place, host in enumerate(grown)
    ]
    if addressed[-1].address is None:
        raise EstateError(
            f"network: {estate.network} has too few addresses for {hosts} hosts; "
            "widen it, as in 127.20.0.0/16"
        )
    return estate.with_hosts(_whole(tuple(addressed)))


def _whole(hosts: tuple[Host, ...]) -> tuple[Host, ...]:
    """The hosts without references to hosts that did not come along."""
    names = {host.name for host in hosts}
    kept = []
    for host in hosts:
        changes: dict[str, None] = {}
        if (
            host.failover
            and isinstance(host.failover.mate, str)
            and host.failover.mate not in names
        ):
            changes["failover"] = None
        if host.chassis and host.chassis not in names:
            changes["chassis"] = None
        kept.append(host.model_copy(update=changes) if changes else host)
    return tuple(kept)


def _copy(host: Host, number: int, new: Callable[[str], str]) -> Host:
    """`host` under a new name, with new serials in all its parts."""
    unit = partial(_member, new=new)
    pair = host.failover
    if pair:
        mate = f"{pair.mate}-{number}" if isinstance(pair.mate, str) else unit(pair.mate)
        pair = pair.model_copy(update={"mate": mate})
    return host.model_copy(
        update={
            "name": f"{host.name}-{number}",
            "hostname": f"{host.hostname}-{number}" if host.hostname else None,
            "members": tuple(map(unit, host.members)),
            "stack_cables": _parts(host.stack_cables, new),
            "security_modules": _parts(host.security_modules, new),
            "access_points": tuple(
                point.model_copy(
                    update={"name": f"{point.name}-{number}", "serial": new(point.serial)}
                )
                for point in host.access_points
            ),
            "failover": pair,
            "chassis": f"{host.chassis}-{number}" if host.chassis else None,
        }
    )


def _parts(parts: tuple[P, ...], new: Callable[[str], str]) -> tuple[P, ...]:
    return tuple(part.model_copy(update={"serial": new(part.serial)}) for part in parts)


def _member(member: Member, new: Callable[[str], str]) -> Member:
    if member.serial is None:
        return member
    return member.model_copy(
        update={
            "serial": new(member.serial),
            "board_serial": new(member.board_serial) if member.board_serial else None,
            "power_supplies": _parts(member.power_supplies, new),
            "modules": _parts(member.modules, new),
            "transceivers": _parts(member.transceivers, new),
        }
    )
