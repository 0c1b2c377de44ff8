"""The form of an estate file: what one may write about a host, and what is filled in."""

from __future__ import annotations

import re
from ipaddress import IPv4Address  # noqa: TC003  # pydantic reads the annotation at run time
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from lab.faults import Faults  # noqa: TC001  # pydantic reads the annotation at run time
from lab.outcomes import Outcome  # noqa: TC001  # as above
from lab.record import Record
from lab.web import Web  # noqa: TC001  # as above

SERIAL = re.compile(r"[A-Z0-9]{6,20}(-[A-Z0-9]{1,4})?")
NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")
PID = re.compile(r"[A-Za-z0-9][A-Za-z0-9 /+=._-]{1,39}")
MOST_ACCESS_POINTS = 6000
VIRTUAL = re.compile(r"C9800-CL|ASAv|FTDv|NGFWv")

T = TypeVar("T")
Role = Literal["active", "standby", "member"]


def _matching(pattern: re.Pattern[str], what: str) -> AfterValidator:
    """A constraint with a message people understand."""

    def check(value: str) -> str:
        if not pattern.fullmatch(value):
            raise ValueError(f"{value!r} is not {what}")
        return value

    return AfterValidator(check)


Serial = Annotated[str, _matching(SERIAL, "a serial number: 6 to 20 capital letters and digits")]
Name = Annotated[str, _matching(NAME, "a name: letters, digits, '.', '_' and '-' only")]
OneOrMore = Annotated[
    tuple[T, ...], BeforeValidator(lambda value: value if isinstance(value, list) else (value,))
]
Pid = Annotated[str, _matching(PID, "a product id, such as C9300-48P")]


class Part(Record):
    """A field-replaceable part with a serial of its own."""

    pid: Pid
    serial: Serial
    vid: str = "V01"


class Transceiver(Part):
    """A transceiver or cable end, in the port it is plugged into."""

    port: str


class Member(Record):
    """One physical unit of a host: a stack member, a controller of a pair, a firewall.

    A slot that is `provisioned` has no unit in it: it has a PID and no serial.
    """

    pid: Pid
    serial: Serial | None = None
    vid: str = "V01"
    number: int | None = Field(default=None, ge=1, le=8)
    role: Role | None = None
    version: str | None = None
    mode: Literal["INSTALL", "BUNDLE"] = "INSTALL"
    provisioned: bool = False
    board_serial: Serial | None = None
    power_supplies: tuple[Part, ...] = ()
    modules: tuple[Part, ...] = ()
    transceivers: tuple[Transceiver, ...] = ()

    @model_validator(mode="after")
    def _serial_or_empty_slot(self) -> Member:
        if self.provisioned and self.serial:
            raise ValueError("a provisioned slot is empty: leave out 'serial' or 'provisioned'")
        if not self.provisioned and not self.serial:
            raise ValueError("'serial' is missing: add it, or say 'provisioned: true'")
        return self

    @property
    def shown_serial(self) -> str:
        """The serial that `show version`, the licence and the failover unit state (T8)."""
        return self.board_serial or self.serial or ""


class AccessPoint(Record):
    """One access point joined to a controller."""

    name: Name
    pid: Pid
    serial: Serial
    version: str


class SecurityModule(Part):
    """What sits in a slot of an FXOS chassis and runs a logical device."""

    slot: int = Field(default=1, ge=1, le=3)


class Failover(Record):
    """The other unit of a pair: a host of the estate by its name, or declared in place.

    `unit` and `state` are those of the host that says so; a mate that is a host of its own
    and says nothing gets the opposite.
    """

    mate: Name | Member
    unit: Literal["primary", "secondary"] = "primary"
    state: Literal["active", "standby"] = "active"
    mate_state: Literal["up", "failed"] = "up"


_SHORT_FORM = (
    "pid",
    "serial",
    "vid",
    "board_serial",
    "mode",
    "power_supplies",
    "modules",
    "transceivers",
)


def _short_form(data: dict[str, Any]) -> dict[str, Any]:
    """Fold a single unit's keys, written straight into the host, into its one member."""
    unit = {key: data.pop(key) for key in _SHORT_FORM if key in data}
    if unit and "members" in data:
        raise ValueError(f"'{next(iter(unit))}' belongs to a member; this host lists 'members'")
    if unit:
        data["members"] = [unit]
    return data


def _counted(entry: dict[str, Any]) -> list[dict[str, Any]]:
    """Write out ``count: 15`` access points; ``{n}`` in name and serial is the running number."""
    entry = dict(entry)
    count, start = entry.pop("count", 1), entry.pop("start", 1)
    if (
        not isinstance(count, int)
        or not isinstance(start, int)
        or not 1 <= count <= MOST_ACCESS_POINTS
    ):
        raise ValueError("'count' and 'start' are whole numbers; 'count' is 1 to 6000")
    try:
        return [
            entry
            | {
                key: entry[key].format(n=n)
                for key in ("name", "serial")
                if isinstance(entry.get(key), str)
            }
            for n in range(start, start + count)
        ]
    except (KeyError, ValueError, IndexError) as error:
        raise ValueError("the only field a pattern knows is {n}, as in 'ap-{n:02}'") from error


class Host(Record):
    """One address one logs in to."""

    name: Name
    site: str
    platform: str
    version: str
    members: tuple[Member, ...] = ()
    address: IPv4Address | None = None
    hostname: Name | None = None
    build: int = Field(default=100, ge=1)
    licence: Literal["advantage", "essentials"] = "advantage"
    stack_cables: tuple[Part, ...] = ()
    access_points: tuple[AccessPoint, ...] = ()
    failover: Failover | None = None
    chassis: str | None = None
    slot: int = Field(default=1, ge=1, le=3)
    security_modules: tuple[SecurityModule, ...] = ()
    faults: Faults = Field(default=(), alias="fault")
    expect: OneOrMore[Outcome] = ()
    inventory_platform: Name | None = None
    login_delay: float | None = Field(default=None, ge=0)
    command_delay: float | None = Field(default=None, ge=0)
    ssh_port: int | None = Field(default=None, ge=1, le=65535)
    ssh_version: str | None = None
    snmp: bool = True
    web: Web | None = None

    @model_validator(mode="before")
    @classmethod
    def _fill_in(cls, data: Any) -> Any:  # noqa: ANN401  # raw YAML
        if not isinstance(data, dict):
            # pydantic collects ValueErrors only.
            raise ValueError(  # noqa: TRY004
                "a host is a mapping with at least 'name', 'site' and 'platform'"
            )
        data = _short_form(dict(data))
        points = data.get("access_points") or []
        release = re.match(r"[\d.]+", str(data.get("version", "")))
        if isinstance(points, list) and all(isinstance(point, dict) for point in points):
            defaults = {"version": f"{release[0]}.27" if release else ""}
            data["access_points"] = [
                defaults | point for entry in points for point in _counted(entry)
            ]
        return data

    @field_validator("members")
    @classmethod
    def _number_and_role(cls, members: tuple[Member, ...]) -> tuple[Member, ...]:
        """Number the units in their order and name their roles where the file does not."""
        numbered = tuple(
            m.model_copy(update={"number": m.number or place}) for place, m in enumerate(members, 1)
        )
        if len({m.number for m in numbered}) < len(numbered):
            raise ValueError("two units have the same 'number'; give each its own")
        told = {m.role for m in numbered}
        roles = iter([r for r in ("active", "standby") if r not in told])
        units = tuple(
            m if m.role or m.provisioned else m.model_copy(update={"role": next(roles, "member")})
            for m in numbered
        )
        for role in ("active", "standby"):
            if sum(m.role == role for m in units) > 1:
                raise ValueError(f"more than one unit has 'role: {role}'; leave one")
        if units and not any(m.role == "active" for m in units):
            raise ValueError("no unit has 'role: active'; one of those present must")
        return units

    @property
    def present(self) -> tuple[Member, ...]:
        """The units that are really there, by number."""
        return tuple(sorted((m for m in self.members if not m.provisioned), key=_number))

    @property
    def slots(self) -> tuple[Member, ...]:
        """All slots by number, empty ones included."""
        return tuple(sorted(self.members, key=_number))

    @property
    def active(self) -> Member:
        """The unit that answers."""
        return next(m for m in self.members if m.role == "active")

    @property
    def standby(self) -> Member | None:
        """The unit that would take over, where there is one."""
        return next((m for m in self.members if m.role == "standby"), None)

    @property
    def prompt_name(self) -> str:
        """The name the device gives itself."""
        return self.hostname or self.name

    @property
    def virtual(self) -> bool:
        """Whether the host is a virtual machine."""
        return bool(self.members) and VIRTUAL.match(self.members[0].pid) is not None

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What a correct sweep says of the host; the first is the usual one of several."""
        if self.expect:
            return self.expect
        if self.inventory_platform not in {None, self.platform}:
            return ("wrong_platform",)
        return max(
            (fault.outcomes for fault in self.faults),
            key=lambda says: (says[0] != "readable", len(says)),
            default=("readable",),
        )

    def running(self, member: Member) -> str:
        """The release `member` runs."""
        return member.version or self.version


def _number(member: Member) -> int:
    return member.number or 0


class KnownDevice(Record):
    """A firewall that its manager alone knows: no host of the estate."""

    name: Name
    pid: Pid
    serial: Serial
    version: str
    address: IPv4Address | None = None
    domain: Name = "Global"


class Manager(Record):
    """An FMC with the hosts it manages, or the FDM of one host, on an address of its own.

    `domains` are hosts by domain, ``Global`` the one above the others. A cluster's first member
    controls it. Hosts that are `disconnected` are on record and do not answer the manager.
    """

    name: Name
    kind: Literal["fmc", "fdm"]
    site: str
    address: IPv4Address
    version: str = ""
    build: int = Field(default=100, ge=1)
    domains: dict[Name, tuple[Name, ...]] = Field(default={})
    clusters: dict[Name, tuple[Name, ...]] = Field(default={})
    only_here: tuple[KnownDevice, ...] = ()
    disconnected: tuple[Name, ...] = ()
    device: Name | None = None

    @model_validator(mode="after")
    def _what_its_kind_needs(self) -> Manager:
        if self.kind == "fdm" and not self.device:
            raise ValueError("'device' is missing: an FDM manages one host; name it")
        if self.kind == "fmc" and not self.version:
            raise ValueError("'version' is missing; write it as '7.4.2'")
        return self

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names of all hosts it manages."""
        own = (self.device,) if self.device else ()
        return (*own, *(name for names in self.domains.values() for name in names))


class Credentials(Record):
    """What the lab's devices accept. Plainly made up: they open nothing but the lab."""

    username: str = "netcover"
    password: str = "lab-password-opens-nothing"  # noqa: S105  # no secret
    enable_secret: str = "lab-enable-opens-nothing"  # noqa: S105  # no secret
    snmp_community: str = "lab-community-opens-nothing"
    snmp_user: str = "netcover-snmp"
    snmp_auth_key: str = "lab-auth-key-opens-nothing"
    snmp_priv_key: str = "lab-priv-key-opens-nothing"
