"""The declared truth: read an estate file, check it as a whole, and say what is in it."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from ipaddress import IPv4Network
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import yaml
from pydantic import Field, ValidationError

from lab.checks import contradictions
from lab.errors import EstateError
from lab.growth import grow
from lab.links import Link  # noqa: TC001  # pydantic reads the annotation at run time
from lab.rates import Rate  # noqa: TC001  # pydantic reads the annotation at run time
from lab.record import Record
from lab.schema import Credentials, Host, Manager, Member, Name
from lab.strangers import Stranger  # noqa: TC001  # as above
from lab.truth import TrueUnit, units_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab.outcomes import Outcome

__all__ = [
    "DEFAULT_ESTATE",
    "HOSTILE",
    "Estate",
    "Host",
    "Member",
    "TrueUnit",
    "grow",
    "load_estate",
]

DEFAULT_ESTATE = Path(__file__).with_name("estate.yaml")
HOSTILE = Path(__file__).with_name("hostile.yaml")


class Estate(Record):
    """A network: its sites and hosts, and where on loopback they listen."""

    schema_name: Literal["netcover/estate/1"] = Field(alias="schema")
    as_of: date = date(2026, 11, 24)
    network: IPv4Network = IPv4Network("127.20.0.0/16")
    port: int = Field(default=2222, ge=0, le=65535)
    credentials: Credentials = Credentials()
    kex: str | None = None
    aaa: Rate | None = None
    sites: tuple[Name, ...] = Field(min_length=1)
    hosts: tuple[Host, ...] = ()
    managers: tuple[Manager, ...] = ()
    strangers: tuple[Stranger, ...] = ()
    links: tuple[Link, ...] = ()

    @cached_property
    def by_name(self) -> dict[str, Host]:
        """Hosts by name."""
        return {host.name: host for host in self.hosts}

    @property
    def everybody(self) -> tuple[Host | Stranger | Manager, ...]:
        """Whoever has an address: hosts, strangers, managers."""
        return (*self.hosts, *self.strangers, *self.managers)

    def with_hosts(self, hosts: tuple[Host, ...]) -> Estate:
        """The same network with other hosts."""
        other = self.model_copy(update={"hosts": hosts})
        other.__dict__.pop("by_name", None)  # model_copy takes cached values along
        return other

    def mate(self, host: Host) -> Host | None:
        """The other unit of `host`'s failover pair, as a host; None where there is no pair."""
        pair = host.failover
        if pair is None:
            return None
        if isinstance(pair.mate, str):
            return self.by_name[pair.mate]
        return host.model_copy(
            update={
                "members": (pair.mate.model_copy(update={"number": 1, "role": "active"}),),
                "version": pair.mate.version or host.version,
                **_other_side(host),
            }
        )

    def expectations(self) -> dict[str, tuple[Outcome, ...]]:
        """What a correct sweep says of each host: ``readable``, or the kind of failure.

        Where there are several, each is right and the first is the usual one.
        """
        return {host.name: host.outcomes for host in self.hosts}

    def truth(self) -> tuple[TrueUnit, ...]:
        """Every unit of the estate once, however often it is seen, sorted."""
        return units_of(self)


def load_estate(path: Path | None = None) -> Estate:
    """The estate in `path`, or the packaged example.

    :raises EstateError: one line for each thing that is wrong.
    """
    path = path or DEFAULT_ESTATE
    raw = _read(path)
    hosts, problems = _hosts(path, raw)
    try:
        estate = Estate.model_validate(raw | {"hosts": ()})
    except ValidationError as error:
        problems = [*_lines(f"{path}", error), *problems]
    if not problems:
        estate = estate.with_hosts(tuple(hosts))
        problems = [f"{path}: {problem}" for problem in contradictions(estate)]
    if problems:
        raise EstateError("\n".join(problems))
    return _resolve(path, estate)


def _read(path: Path) -> dict[str, Any]:
    """The mapping in the file."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise EstateError(
            f"{path}: cannot be read: {error.strerror}; name an estate file"
        ) from None
    except UnicodeDecodeError:
        raise EstateError(f"{path}: is not UTF-8 text; name an estate file") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}, column {mark.column + 1}:" if mark else ""
        reason = getattr(error, "problem", None) or "cannot be understood"
        raise EstateError(f"{path}:{where} is not YAML: {reason}; mend that line") from None
    if not isinstance(raw, dict) or not isinstance(raw.get("hosts"), list) or not raw["hosts"]:
        raise EstateError(
            f"{path}: hosts: is missing or empty; an estate has 'schema', 'sites' and 'hosts'"
        )
    return raw


def _hosts(path: Path, raw: dict[str, Any]) -> tuple[list[Host], list[str]]:
    """The hosts that can be read, and a line for each thing wrong with the others."""
    hosts: list[Host] = []
    problems: list[str] = []
    for place, entry in enumerate(raw["hosts"], 1):
        name = entry.get("name") if isinstance(entry, dict) else None
        try:
            hosts.append(Host.model_validate(entry))
        except ValidationError as error:
            problems += _lines(f"{path}: {name or f'host {place}'}", error)
    return hosts, problems


_ADVICE = {
    "missing": "is missing; add it",
    "extra_forbidden": "is not known here; see docs/lab.md for the keys",
    "string_type": "is not text; put it in quotes",
    "literal_error": "",
}


def _lines(where: str, error: ValidationError) -> Iterator[str]:
    """One line for each error pydantic found."""
    for detail in error.errors():
        # An in-place mate may be a name or a unit; pydantic reports both attempts.
        keys = [str(key) for key in detail["loc"] if not str(key).startswith("function-")]
        advice = _ADVICE.get(detail["type"]) or detail["msg"].removeprefix("Value error, ")
        key = ".".join(keys)
        yield f"{where}: {key}: {advice}" if key else f"{where}: {advice}"


def _resolve(path: Path, estate: Estate) -> Estate:
    """Give every host its address, both sides of a pair, and the module it runs on."""
    taken = {each.address for each in estate.everybody if each.address}
    pool = (address for address in estate.network.hosts() if address not in taken)
    says = {pair.mate: host for host in estate.hosts if (pair := host.failover) and pair.mate}
    hosts: list[Host] = []
    for host in estate.hosts:
        changes: dict[str, Any] = {"address": host.address or next(pool, None)}
        if changes["address"] is None:
            raise EstateError(
                f"{path}: network: {estate.network} has too few addresses for "
                f"{len(estate.hosts)} hosts; widen it, as in 127.20.0.0/16"
            )
        if host.chassis:
            changes["members"] = (_module(estate.by_name[host.chassis], host.slot),)
        if host.failover is None and host.name in says:
            changes |= _other_side(says[host.name])
        hosts.append(host.model_copy(update=changes))
    return estate.with_hosts(tuple(hosts))


def _module(chassis: Host, slot: int) -> Member:
    """The security module in `slot`, as the unit a logical device runs on."""
    module = next(m for m in chassis.security_modules if m.slot == slot)
    return Member(pid=module.pid, serial=module.serial, vid=module.vid, number=1, role="active")


def _other_side(host: Host) -> dict[str, Any]:
    """The failover of a mate that says nothing itself; a pair shares its name, as real ones do."""
    pair = host.failover
    if pair is None:
        return {}
    return {
        "hostname": host.prompt_name,
        "failover": pair.model_copy(
            update={
                "mate": host.name,
                "unit": "secondary" if pair.unit == "primary" else "primary",
                "state": "standby" if pair.state == "active" else "active",
                "mate_state": "up",
            }
        ),
    }
