"""Every type that passes between stages: frozen, slotted, fully typed.

Dates are :class:`datetime.date` with inclusive ends. Times are aware UTC datetimes, whole
seconds. Serials, PIDs and host names are kept as the source spells them.
"""

from __future__ import annotations

import calendar
import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

# ----------------------------------------------------------------------- discovery

Confidence: TypeAlias = Literal["high", "medium", "low", "none"]
"""How sure a platform is: stated by the device, implied, possible, or not known at all."""

FoundBy: TypeAlias = Literal["scan", "cdp", "lldp", "controller", "source"]


@dataclass(frozen=True, slots=True, order=True)
class Clue:
    """What a host said of itself, or somebody of it.

    `kind`: ``tcp``, ``ssh_banner``, ``snmp_engine``, ``sys_object_id``, ``sys_descr``,
    ``sys_name``, ``certificate``, ``http_server``, ``http_title``, ``login``, ``cdp``, ``lldp``,
    ``controller``, ``source``. `origin` says where: ``22/tcp``, the name of the neighbour or
    controller, a file.
    `text` is what was said, in one line without control characters.
    """

    kind: str
    origin: str
    text: str


@dataclass(frozen=True, slots=True)
class Discovered:
    """A device that was found, and what it is taken for.

    `address` is spelled as :mod:`ipaddress` does; None where only a controller or a source knows
    the device, and not where it is. `port` is that of SSH, where one answered. `name` is the first
    that is known of: the one it was listed by, its sysName; two devices may have the same.
    `platform` is None where nothing tells it, and `reason` says in words why it is what it is.
    `candidate`: whether something says that it is gear of ours; only those are ever shown a
    credential. `managed_by` is the name or address of the controller.
    """

    address: str | None
    port: int | None = None
    name: str | None = None
    platform: str | None = None
    confidence: Confidence = "none"
    reason: str = ""
    candidate: bool = False
    found_by: tuple[FoundBy, ...] = ()
    managed_by: str | None = None
    serial: str | None = None
    pid: str | None = None
    version: str | None = None
    evidence: tuple[Clue, ...] = ()


@dataclass(frozen=True, slots=True)
class Attempt:
    """Something that was sent to a host, and what came of it.

    `kind`: ``tcp`` (a connection), ``tcp_repeat`` (its second SYN), ``snmp_engine``, ``snmp``,
    ``https``, ``login``, ``neighbours``, ``rest``. `result`: ``open``, ``refused``, ``silent``,
    ``unreachable``, ``not_sent``, ``interrupted``, ``answered``, or the reason of a failure.
    """

    address: str
    port: int
    kind: str
    result: str
    at: datetime


# --------------------------------------------------------------------------- sweep

Kind: TypeAlias = Literal[
    "chassis",
    "stack_member",
    "supervisor",
    "module",
    "power_supply",
    "fan",
    "transceiver",
    "access_point",
]
"""What a unit is. Cables, storage and power-supply bays are ``module``."""

IN_SERVICE_KINDS: tuple[Kind, ...] = ("chassis", "stack_member", "access_point")
"""Kinds that carry a support contract of their own; the others are covered by their parent."""

Software: TypeAlias = Literal["ios-xe", "asa", "ftd", "fxos", "ap", "other"]

UnreachedKind: TypeAlias = Literal[
    "dns",
    "unreachable",
    "refused",
    "timeout",
    "hostkey",
    "negotiation",
    "auth_refused",
    "auth_timeout",
    "connection_lost",
    "not_a_device",
    "wrong_platform",
    "password_change",
    "overloaded",
    "inventory",
]
"""Why a host was not read; `inventory`: its source of truth does not say how to."""

IncompleteKind: TypeAlias = Literal[
    "absent_slot",
    "mate_unknown",
    "standby_not_seen",
    "aps_short",
    "truncated",
    "command_refused",
    "not_parsed",
    "members_not_enumerated",
]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a fact comes from.

    `source` is a transport (``ssh``, ``snmp``, ``capture``) or a file name; `command` is the
    command, the OID or ``row N`` of that file; `sha256` is that of the raw text or file.
    """

    source: str
    command: str
    collected: datetime | None
    sha256: str


@dataclass(frozen=True, slots=True)
class LicenceUse:
    """A licence that a device consumes, as it names it; None where it does not say.

    `description` names the entitlement (``C9300-24 DNA Advantage``). `count` is that of the
    product instance: the members of a stack consume it together.
    """

    name: str
    description: str | None = None
    count: int | None = None
    status: str | None = None
    subscription: bool | None = None


@dataclass(frozen=True, slots=True)
class Licensing:
    """What Smart Licensing says on a unit, times as printed; None where it is not stated.

    `instance` is the serial of the product instance in the Smart Account: all members of a stack
    or pair share it, and `uses` are to be counted once for each instance. Under Smart Licensing
    Using Policy nothing registers: a unit has a `trust_code`, and reports usage.
    """

    mode: str | None = None
    registration: str | None = None
    authorization: str | None = None
    smart_account: str | None = None
    virtual_account: str | None = None
    transport: str | None = None
    policy: str | None = None
    last_report: str | None = None
    last_ack: str | None = None
    ack_deadline: str | None = None
    trust_code: str | None = None
    instance: str | None = None
    uses: tuple[LicenceUse, ...] = ()


@dataclass(frozen=True, slots=True)
class Observation:
    """One physical or virtual unit, seen.

    `serial` and `pid` are None where the device did not state them, with the reason in `notes`.
    `other_serials` are further serials the same unit prints (an ASA 5500-X's board serial
    beside its chassis serial): never a key, but they tie sightings together.
    `version` is the canonical release (``17.9.4a``), `version_raw` what was printed.
    `position` is the place inside the host: ``switch 2``, ``chassis 1``, an access point's name.
    `managed_by` is the manager (FMC) that says so, where the unit was not asked itself.
    `disagreements` say where two readings of the unit (SSH and SNMP) contradict each other.
    """

    host: str
    site: str | None
    platform: str
    kind: Kind
    serial: str | None = None
    pid: str | None = None
    vid: str | None = None
    position: str | None = None
    ha_role: str | None = None
    parent_serial: str | None = None
    version: str | None = None
    version_raw: str | None = None
    software: Software = "other"
    mode: str | None = None
    patches: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    licensing: Licensing | None = None
    virtual: bool = False
    other_serials: tuple[str, ...] = ()
    managed_by: str | None = None
    lane: str = ""
    notes: tuple[str, ...] = ()
    disagreements: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


def _place(unit: Observation) -> tuple[str, ...]:
    """Sort key of a unit within its host."""
    return (
        unit.kind,
        unit.position or "",
        unit.serial or "",
        unit.pid or "",
        unit.parent_serial or "",
    )


@dataclass(frozen=True, slots=True)
class Unreached:
    """A host that was attempted and not read, and why."""

    host: str
    kind: UnreachedKind
    reason: str


@dataclass(frozen=True, slots=True)
class Incomplete:
    """Something known to be missing from a host that was read, and why."""

    host: str
    kind: IncompleteKind
    reason: str


_HASHED_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True)
class Output:
    """The raw text one command printed, echo and prompt removed.

    `lane` is the transport it came by, where that is not the capture's own. `sha256` is that of
    the text as UTF-8, in hex.
    """

    command: str
    text: str
    collected: datetime
    lane: str = ""
    sha256: str = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Hash the text once, in pieces: outputs are cited often, and some are long."""
        digest = hashlib.sha256()
        for start in range(0, len(self.text), _HASHED_AT_ONCE):
            digest.update(self.text[start : start + _HASHED_AT_ONCE].encode())
        object.__setattr__(self, "sha256", digest.hexdigest())


@dataclass(frozen=True, slots=True)
class Capture:
    """Everything one host printed; the whole input of a platform's parser."""

    host: str
    site: str | None
    platform: str
    lane: str
    outputs: tuple[Output, ...]

    def text(self, command: str) -> str | None:
        """What `command` printed, or None where it was not run."""
        return next((o.text for o in self.outputs if o.command == command), None)

    @property
    def source(self) -> str:
        """The transport: both SSH lanes read the same text."""
        return "ssh" if self.lane in {"asyncssh", "netmiko"} else self.lane

    def evidence(self, *commands: str) -> tuple[Evidence, ...]:
        """Evidence for facts read from `commands`, in that order; those not run are left out."""
        outputs = {o.command: o for o in self.outputs}
        return tuple(
            Evidence(o.lane or self.lane, o.command, o.collected, o.sha256)
            for c in commands
            if (o := outputs.get(c))
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """What a parser made of one capture."""

    observations: tuple[Observation, ...]
    incomplete: tuple[Incomplete, ...] = ()


@dataclass(frozen=True, slots=True)
class HostVisit:
    """A host of the sweep's scope: attempted, and reached or not."""

    host: str
    site: str | None
    platform: str
    reached: bool


@dataclass(frozen=True, slots=True)
class HostResult:
    """Everything one visit brought home; what the store commits as it arrives."""

    visit: HostVisit
    observations: tuple[Observation, ...] = ()
    unreached: Unreached | None = None
    incomplete: tuple[Incomplete, ...] = ()
    outputs: tuple[Output, ...] = ()
    lane: str = ""


@dataclass(frozen=True, slots=True)
class Sweep:
    """One pass over an estate. `hosts` is the denominator: every host that was attempted."""

    id: str
    started: datetime
    ended: datetime
    hosts: tuple[HostVisit, ...]
    observations: tuple[Observation, ...]
    unreached: tuple[Unreached, ...]
    incomplete: tuple[Incomplete, ...]

    @classmethod
    def of(
        cls, sweep_id: str, started: datetime, ended: datetime, results: Iterable[HostResult]
    ) -> Sweep:
        """Put the results of all hosts together, sorted."""
        ordered = sorted(results, key=lambda r: r.visit.host)
        return cls(
            id=sweep_id,
            started=started,
            ended=ended,
            hosts=tuple(r.visit for r in ordered),
            observations=tuple(o for r in ordered for o in sorted(r.observations, key=_place)),
            unreached=tuple(r.unreached for r in ordered if r.unreached),
            incomplete=tuple(
                g for r in ordered for g in sorted(r.incomplete, key=lambda g: (g.kind, g.reason))
            ),
        )

    def reached(self) -> tuple[HostVisit, ...]:
        """Hosts that were read, wholly or in part."""
        return tuple(h for h in self.hosts if h.reached)

    def site_complete(self, site: str | None) -> bool:
        """Whether every host of `site` was read with nothing known to be missing.

        None asks for all sites. A site no host of which was attempted is not complete.
        A provisioned but absent slot hides no unit.
        """
        gaps = {g.host for g in self.incomplete if g.kind != "absent_slot"}
        hosts = [h for h in self.hosts if site is None or h.site == site]
        return bool(hosts) and all(h.reached and h.host not in gaps for h in hosts)


# ----------------------------------------------------------------- sources of truth


@dataclass(frozen=True, slots=True)
class ListedUnit:
    """A unit that a source of truth claims for a host: the host itself, or a member of its stack.

    It is the source's word, to be compared with what was seen; nothing is counted from it.
    """

    serial: str
    pid: str | None = None
    position: str | None = None
    status: str = "active"


@dataclass(frozen=True, slots=True)
class ListedHost:
    """A host as a source of truth lists it: one management address is one host.

    `problem` says why it cannot be swept: no address, a platform that is not known, an address that
    another host has too; `address` and `platform` may be None only then. `status` is the source's,
    in lower case, ``active`` where it has none. `data` are facts of its own, `place` where it
    stands in the source.
    """

    name: str
    address: str | None
    platform: str | None
    place: str
    port: int | None = None
    site: str | None = None
    role: str | None = None
    tenant: str | None = None
    tags: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    status: str = "active"
    units: tuple[ListedUnit, ...] = ()
    data: tuple[tuple[str, str | int | float | bool | date | None], ...] = ()
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What a source of truth listed at one moment, sorted by name.

    `origin` is its file or address, `filters` what it was asked for, none for all it has. `sha256`
    is that of what it said, `notes` say what of it was not taken.
    """

    source: str
    origin: str
    taken: datetime
    sha256: str
    hosts: tuple[ListedHost, ...]
    filters: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


# ------------------------------------------------------------------------- sources


@dataclass(frozen=True, slots=True)
class Entitlement:
    """What a service level entitles to; None where it is not known."""

    tac: bool | None = None
    rma: bool | None = None
    os_software: bool | None = None
    application_software: bool | None = None


@dataclass(frozen=True, slots=True)
class ContractLine:
    """One line of one support contract. Prices are per unit and year, exact decimals.

    `entitles` is what the file states, until the service level fills in the rest. `provider` is
    who maintains the unit where that is not Cisco. A `minor` item belongs to a bundle and moves
    with its parent. `status` is the line's state as the source spells it.
    """

    contract: str | None
    serial: str | None
    pid: str | None
    service_level: str | None
    start: date | None
    end: date
    evidence: Evidence
    entitles: Entitlement = field(default_factory=Entitlement)
    quantity: int = 1
    site: str | None = None
    end_customer: str | None = None
    annual_price: Decimal | None = None
    currency: str | None = None
    vehicle: str | None = None
    country_of_origin: str | None = None
    warranty_end: date | None = None
    provider: str | None = None
    parent_serial: str | None = None
    minor: bool = False
    status: str | None = None
    response: str | None = None

    @property
    def third_party(self) -> bool:
        """Whether somebody else than Cisco maintains the unit: no right to Cisco's software."""
        return self.provider is not None and "cisco" not in self.provider.casefold()

    def covers(self, day: date) -> bool | None:
        """Whether `day` lies within the line, both ends included; None where the start is unknown.

        >>> line.covers(line.end), line.covers(line.end + timedelta(days=1))  # doctest: +SKIP
        (True, False)
        """
        if day > self.end:
            return False
        if self.start is None:
            return None
        return self.start <= day


CoverState: TypeAlias = Literal["covered", "not_covered", "unknown", "not_visible"]
"""`not_visible`: there is or may be a contract, and the source hides it from the caller."""


@dataclass(frozen=True, slots=True)
class CoverStatement:
    """What a source answers about the cover of one serial beside, or without, a contract line.

    `until` is the last day of cover that it states. `reason` is what the source said.
    """

    serial: str
    pid: str | None
    state: CoverState
    reason: str
    evidence: Evidence
    until: date | None = None
    contract: str | None = None


@dataclass(frozen=True, slots=True)
class Cover:
    """Whether a unit is covered on a day, why that is known, and what to do about it."""

    state: CoverState
    reason: str
    remedy: str | None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Licence:
    """Licences of one kind in a Smart Account, or a suite of an Enterprise Agreement.

    `in_use` above `quantity` is owed. `true_forward` is the agreement's next true-up day.
    """

    name: str
    evidence: Evidence
    sku: str | None = None
    account: str | None = None
    virtual_account: str | None = None
    subscription: str | None = None
    agreement: bool = False
    quantity: int | None = None
    in_use: int | None = None
    status: str | None = None
    start: date | None = None
    end: date | None = None
    true_forward: date | None = None


Severity: TypeAlias = Literal["critical", "high", "medium", "low", "info"]
SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low", "info")
"""Worst first."""


class Unstated(StrEnum):
    """Why a milestone has no date. Three states that must not be folded into one."""

    NOT_ANNOUNCED = "not announced"
    NOT_STATED = "not stated"
    UNKNOWN = "unknown"


Milestone: TypeAlias = date | Unstated


NO_REPLACEMENT = "none offered"
"""What a source says that names no product in place of one that ends."""


@dataclass(frozen=True, slots=True)
class Milestones:
    """EoX of one PID. A milestone's day is the last good day: past means `day` is later.

    `replacement` is the PID that the maker names in its place, or :data:`NO_REPLACEMENT`.
    """

    pid: str
    evidence: Evidence
    bulletin: str | None = None
    url: str | None = None
    replacement: str | None = None
    announced: Milestone = Unstated.UNKNOWN
    end_of_sale: Milestone = Unstated.UNKNOWN
    last_ship: Milestone = Unstated.UNKNOWN
    routine_failure_analysis: Milestone = Unstated.UNKNOWN
    sw_maintenance: Milestone = Unstated.UNKNOWN
    security_support: Milestone = Unstated.UNKNOWN
    new_service_attachment: Milestone = Unstated.UNKNOWN
    service_contract_renewal: Milestone = Unstated.UNKNOWN
    last_date_of_support: Milestone = Unstated.UNKNOWN


def past(milestone: Milestone, day: date) -> bool | None:
    """Whether `day` is later than the milestone; None where the milestone is unknown.

    A milestone not announced is not past. One not stated is not past either, but says nothing.
    """
    if isinstance(milestone, date):
        return day > milestone
    return None if milestone is Unstated.UNKNOWN else False


@dataclass(frozen=True, slots=True)
class TrainMilestones:
    """EoX of one software train (``ios-xe`` 17.9, ``ftd`` 7.2), as :class:`Milestones` for a PID.

    `first_customer_shipment` is the day of the train's first release, None where it is not known.
    """

    os: Software
    train: str
    evidence: Evidence
    bulletin: str | None = None
    url: str | None = None
    first_customer_shipment: date | None = None
    announced: Milestone = Unstated.UNKNOWN
    end_of_sale: Milestone = Unstated.UNKNOWN
    sw_maintenance: Milestone = Unstated.UNKNOWN
    security_support: Milestone = Unstated.UNKNOWN
    service_contract_renewal: Milestone = Unstated.UNKNOWN
    last_date_of_support: Milestone = Unstated.UNKNOWN


@dataclass(frozen=True, slots=True)
class FirstFixed:
    """The first release of one train that mends an advisory, for one platform or for all.

    `release` is None where the source says that the train gets none (migrate).
    `free_software`: whether the advisory offers it without a contract; None where not stated.
    """

    advisory: str | None
    cve: str | None
    os: Software
    train: str
    platform: str | None
    release: str | None
    evidence: Evidence
    free_software: bool | None = None


@dataclass(frozen=True, slots=True)
class PatchMapping:
    """What an installed SMU, APSP or hotfix mends; at least one of the three ids is stated."""

    os: Software
    patch: str
    advisory: str | None
    cve: str | None
    defect: str | None
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A CVE that its authority has rejected after all."""

    cve: str
    updated: date
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Kev:
    """An entry of CISA's catalogue of known exploited vulnerabilities."""

    cve: str
    added: date
    due: date | None
    evidence: Evidence
    forensic_triage: bool | None = None


@dataclass(frozen=True, slots=True)
class Ssvc:
    """CISA's decision points of a CVE; None where the record has none."""

    exploitation: str | None
    automatable: bool | None
    technical_impact: Literal["partial", "total"] | None


@dataclass(frozen=True, slots=True)
class Advisory:
    """One vulnerability in one product, as its record states it.

    `advisory` is the vendor's id (``cisco-sa-...``) where known; `versions` are the affected
    releases in canonical spelling, `no_versions` says that the product is named without any.
    `updated` is the day the vendor's part of the record was last changed. `further` is evidence
    of what other records of the same vulnerability add (severity rating, free software).
    """

    cve: str
    advisory: str | None
    os: Software
    title: str
    severity: Severity | None
    published: date
    updated: date
    versions: tuple[str, ...]
    evidence: Evidence
    no_versions: bool = False
    defects: tuple[str, ...] = ()
    free_software: bool | None = None
    ssvc: Ssvc | None = None
    url: str | None = None
    further: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row of a source file that was not taken, and why; `cells` as they stand there."""

    file: str
    row: int
    reason: str
    cells: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something about a row that was taken and that its owner should look at."""

    file: str
    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class Unrelated:
    """A record that could be read and has nothing to say about the platforms here, and why."""

    file: str
    row: int
    reason: str


# ------------------------------------------------------------------------- posture

Hardware: TypeAlias = Literal["past", "near", "supported", "unknown"]
Stream: TypeAlias = Literal[
    "promised", "security_only", "discretionary", "migrate", "dead_end", "unknown"
]
EntitlementState: TypeAlias = Literal[
    "entitled",
    "no_software",
    "unproven",
    "warranty_only",
    "uncovered",
    "unknown",
    "not_visible",
]
Headline: TypeAlias = Literal[
    "UNPATCHABLE_HW",
    "UNPATCHABLE_CAPPED",
    "UNPATCHABLE_ENTITLEMENT",
    "WARRANTY_ONLY",
    "COVERED_NO_SOFTWARE",
    "UNKNOWN",
    "PATCHABLE_BY_MIGRATION",
    "SECURITY_DISCRETIONARY",
    "EXPIRING",
    "NEAR_EOS",
    "SECURITY_ONLY",
    "PATCHABLE",
]
HEADLINES: tuple[Headline, ...] = get_args(Headline)
"""Worst first: the first that holds is a unit's headline, the first of a group is the group's."""

Action: TypeAlias = Literal[
    "attach",
    "renew",
    "replace",
    "change_service_level",
    "collect",
    "migrate",
    "refresh",
    "await_start",
    "upgrade",
    "tac_case",
    "mitigate",
    "verify",
    "plan",
    "none",
]
Outcome: TypeAlias = Literal[
    "affected",
    "affected_inferred",
    "fixed",
    "fixed_by_order",
    "not_affected_per_vendor",
    "not_evaluated",
    "unknown",
]
FixVerdict: TypeAlias = Literal[
    "mitigated by SMU",
    "patch now, entitled",
    "free fix through TAC only",
    "fix exists, not entitled",
    "no fix will come",
    "no fix yet",
    "cannot tell",
]
FIX_VERDICTS: tuple[FixVerdict, ...] = get_args(FixVerdict)
BodDeadline: TypeAlias = date | Literal["next_upgrade"] | None


@dataclass(frozen=True, slots=True)
class ReachableTrain:
    """A software train that a product can run, and where that is stated."""

    pid: str
    os: Software
    train: str
    evidence: Evidence
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Waiver:
    """An accepted risk: who approved that which findings stand, why, and until when.

    The last day is `expires`, included. A scope that is empty excludes nothing.
    """

    approval: str
    approver: str
    reason: str
    expires: date
    evidence: Evidence
    rules: tuple[str, ...] = ()
    serials: tuple[str, ...] = ()
    pids: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    disposition: str | None = None


@dataclass(frozen=True, slots=True)
class UnitGroup:
    """A stack or HA pair: the worst headline of its members, and in what they differ."""

    name: str
    headline: Headline
    mixed: bool
    mixed_software: bool


@dataclass(frozen=True, slots=True)
class Posture:
    """Whether the next security fix can be had by right, for one unit and one running software.

    `hits` are all headlines that hold, `headline` the first. `reasons` are those of the three
    answers, in the order hardware, stream, entitlement. `security_end` is the last day on
    which the running train gets security fixes, `last_security_end` that of the train that lasts
    longest; None where there is none or it is not known. `cover_end` ends cover without a gap.
    `train` holds the dates of the running train, where they are known.
    """

    host: str | None
    serial: str | None
    pid: str | None
    position: str | None
    software: Software
    version: str | None
    hardware: Hardware
    stream: Stream
    entitlement: EntitlementState
    headline: Headline
    hits: tuple[Headline, ...]
    migration: bool
    action: Action
    reasons: tuple[str, ...]
    evidence: tuple[Evidence, ...] = ()
    group: UnitGroup | None = None
    security_end: date | None = None
    last_security_end: date | None = None
    cover_end: date | None = None
    train: TrainMilestones | None = None


@dataclass(frozen=True, slots=True)
class Deadline:
    """When BOD 26-04 wants it mended, exposed and not; `note` marks what is not plainly affected.

    `site` is the deadline that the site set itself.
    """

    exposed: BodDeadline
    not_exposed: BodDeadline
    applies: Literal["exposed", "not_exposed", "unknown"]
    forensic: bool
    note: str | None = None
    site: date | None = None


@dataclass(frozen=True, slots=True, eq=False)
class AdvisoryAnswer:
    """What one advisory means for one running software; units in the same situation share it.

    Compared by identity: there are millions of lines and few answers.
    """

    software: Software
    advisory: str | None
    cve: str
    outcome: Outcome
    reason: str
    stale: bool
    verdict: FixVerdict | None
    action: Action
    fixed_release: str | None
    deadline: Deadline | None
    severity: Severity | None = None
    kev: bool = False
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class AdvisoryLine:
    """One answer about one unit and the software it runs."""

    unit: Posture
    answer: AdvisoryAnswer

    @property
    def host(self) -> str | None:
        """The host of the unit."""
        return self.unit.host

    @property
    def serial(self) -> str | None:
        """The serial of the unit."""
        return self.unit.serial


# --------------------------------------------------------------- reconcile and assess


@dataclass(frozen=True, slots=True)
class PidStep:
    """One spelling rule applied to one of the two product ids."""

    rule: str
    side: Literal["observed", "matched"]
    before: str
    after: str
    source: str


@dataclass(frozen=True, slots=True)
class PidMatch:
    """How two spellings of a product were found to belong together.

    `step` sums the path up in words; `steps` are the rules one after the other, none where the
    ids are equal. In a conflict `matched` is empty and `candidates` are those that disagree.
    """

    observed: str
    matched: str
    step: str
    steps: tuple[PidStep, ...] = ()
    candidates: tuple[str, ...] = ()


AssetKey: TypeAlias = tuple[str | None, str | None, str | None, str | None]
"""Host, serial, PID and position: units without a serial differ in their position."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One unit with both sides kept: what was seen and what is paid for.

    No line: orphaned. No observation: retired, or its host was not reached. Neither: a host
    that was not reached and of which nothing is known. `sightings` are all observations of
    this unit, the first being the one from the unit's own chassis.
    `doubtful_lines` name the unit's serial with a PID that is not known to be the same product.
    `unreached` says why the host on which the unit was last seen was not read this time.
    `statements` are answers about its cover beside its lines. `lookalikes` are serials on the
    other side that a spreadsheet or a typist may have made of this one.
    """

    host: str | None
    site: str | None
    platform: str | None
    serial: str | None
    pid: str | None
    sightings: tuple[Observation, ...] = ()
    lines: tuple[ContractLine, ...] = ()
    line_matches: tuple[PidMatch, ...] = ()
    doubtful_lines: tuple[ContractLine, ...] = ()
    statements: tuple[CoverStatement, ...] = ()
    lookalikes: tuple[str, ...] = ()
    milestones: Milestones | None = None
    milestone_match: PidMatch | None = None
    unreached: Unreached | None = None
    last_seen: datetime | None = None

    @property
    def key(self) -> AssetKey:
        """What tells this asset from every other one of a report."""
        return (self.host, self.serial, self.pid, self.position)

    @property
    def position(self) -> str | None:
        """The unit's place inside its host, where it was seen."""
        return self.sightings[0].position if self.sightings else None

    @property
    def observation(self) -> Observation | None:
        """The observation that stands for the unit."""
        return self.sightings[0] if self.sightings else None

    @property
    def kind(self) -> Kind | None:
        """What the unit is, or None where it was not seen."""
        return self.sightings[0].kind if self.sightings else None


Status: TypeAlias = Literal["open", "not_a_finding", "not_reviewed", "not_applicable"]


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer of one rule about one asset; passes are findings too.

    `due` is the day by which somebody has to act, where the rule knows one.
    """

    rule: str
    status: Status
    severity: Severity
    host: str | None
    serial: str | None
    pid: str | None
    position: str | None
    reason: str
    due: date | None = None
    controls: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    waiver: Waiver | None = None


# -------------------------------------------------------------------------- renewal

PlanAction: TypeAlias = Literal["bridge", "join_later", "drop", "add", "not_eligible", "lapsed"]
"""What a plan does with a line. `lapsed`: a bridge from the order day on, after a gap."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about one unit or line, and what the decision rested on.

    `kind`: ``drop keep spare refresh swap not_a_swap``. Scope: those of serial, PID, contract and
    host that are stated all have to fit. `on` is the day of a refresh; `other_serial` the unit
    that took over in a swap. `facts` is the fingerprint of the finding it answers, as the true-up
    prints it: where the facts have changed since, the question is asked again.
    """

    id: str
    kind: str
    approver: str
    reason: str
    evidence: Evidence
    serial: str | None = None
    pid: str | None = None
    contract: str | None = None
    host: str | None = None
    decided: date | None = None
    expires: date | None = None
    on: date | None = None
    other_serial: str | None = None
    facts: str | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """One row of the price book: what one unit costs for one year at one service level."""

    pid: str
    service_level: str
    annual_price: Decimal
    currency: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A contract vehicle, as a data file states it; `needs` is what an order has to name."""

    name: str
    aliases: tuple[str, ...] = ()
    holder: str | None = None
    fee: str | None = None
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CompleteSweep:
    """A finished sweep, and the sites it read completely; `estate`: all there is, completely."""

    id: str
    started: datetime
    sites: tuple[str, ...]
    estate: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where a unit was seen, and the start of the last sweep that saw it there."""

    serial: str
    pid: str | None
    host: str
    site: str | None
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class HostFacts:
    """What the inventory declares about a host.

    `exposed`: whether it can be reached from public networks; None where not declared. `address`
    is where it is logged in to, as the inventory writes it.
    """

    host: str
    site: str | None = None
    address: str | None = None
    owner: str | None = None
    spare: bool = False
    refresh: date | None = None
    replacement: str | None = None
    exposed: bool | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of cover to be ordered, both ends included. `amount` is None without a price."""

    kind: Literal["bridge", "term"]
    start: date
    end: date
    order_by: date
    amount: Decimal | None

    @property
    def days(self) -> int:
        """Days covered."""
        return days(self.start, self.end) + 1


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """One line of the plan: a contract line, or a unit to be added, with the reason in words.

    `cap` is the last day that can be covered. `gap_days` lie between a lapsed line and the order
    day. `quote_by` is the line's end less the lead time; `at_risk_days` the days from its end to
    order day plus lead time, where that day has passed. `back_bill` and `fee` are estimates.
    """

    contract: str | None
    serial: str | None
    pid: str | None
    host: str | None
    site: str | None
    service_level: str | None
    quantity: int
    end: date | None
    action: PlanAction
    reason: str
    bridge: Period | None = None
    terms: tuple[Period, ...] = ()
    cap: date | None = None
    gap_days: int = 0
    quote_by: date | None = None
    late: bool = False
    at_risk_days: int = 0
    annual_price: Decimal | None = None
    currency: str | None = None
    price_source: str | None = None
    back_bill: Decimal | None = None
    fee: Decimal | None = None
    remedy: str | None = None
    refresh: date | None = None
    replacement: str | None = None
    replacement_source: str | None = None
    ldos: date | None = None
    flags: tuple[str, ...] = ()
    owner: str | None = None
    end_customer: str | None = None
    vehicle: str | None = None
    country_of_origin: str | None = None
    decision: str | None = None
    evidence: tuple[Evidence, ...] = ()

    @property
    def periods(self) -> tuple[Period, ...]:
        """Everything to be ordered for the line, in the order of time."""
        return ((self.bridge,) if self.bridge else ()) + self.terms


@dataclass(frozen=True, slots=True)
class Candidate:
    """One day as the common anniversary, measured. None: there is nothing to measure it by."""

    date: date
    uncovered_unit_days: int
    in_budget_window: bool | None
    expiry_dates: int
    paid_for_nothing: Decimal | None
    bridge_unit_days: int
    line_end: bool


@dataclass(frozen=True, slots=True)
class FiscalYearCost:
    """Money of one fiscal year in one currency, by the day of the order and by days of service."""

    fiscal_year: int
    currency: str
    ordered: Decimal
    served: Decimal


@dataclass(frozen=True, slots=True)
class PlanTotals:
    """Sums of one currency. The estimates are in no other sum."""

    currency: str
    bridges: Decimal
    terms: Decimal
    total: Decimal
    back_bill_estimate: Decimal
    fee_estimate: Decimal


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One date somebody has to own. `key` stays the same from run to run."""

    key: str
    day: date
    kind: str
    title: str
    units: int
    owner: str | None
    detail: str = ""
    alarms: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class TrueUp:
    """One difference between what is paid for and what is there, and what was decided on it.

    `facts` is a fingerprint: a decision that names another one was made on other facts.
    """

    kind: str
    confidence: Literal["high", "medium", "low"]
    serial: str | None
    pid: str | None
    contract: str | None
    host: str | None
    site: str | None
    reason: str
    facts: str
    rests_on: str
    decision: str | None = None
    decision_state: Literal["none", "applied", "facts_changed", "expired"] = "none"
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class RefreshOrRenew:
    """A unit near its end: what renewing to LDoS costs beside the replacement that is named."""

    serial: str | None
    pid: str | None
    host: str | None
    site: str | None
    ldos: date
    fiscal_year: int
    days_left: int
    renewal_cost: Decimal | None
    currency: str | None
    replacement: str | None
    replacement_source: str | None
    flagged: bool
    replace_by: date


@dataclass(frozen=True, slots=True)
class LifecycleYear:
    """Units that reach LDoS in one fiscal year, and what covering them costs a year until then."""

    fiscal_year: int
    units: int
    sites: int
    pids: tuple[str, ...]
    annual_cost: tuple[tuple[str, Decimal], ...]
    unpriced: int


@dataclass(frozen=True, slots=True)
class RenewalPlan:
    """One co-termination plan, whole: the day, why it, every line, the money and the calendar.

    `best` is the day that ranks first, which `anniversary` is unless another was asked for;
    `runner_up` comes second. `breaks` says which constraints the anniversary breaks. `settings`
    holds every parameter as it was used, so that two people compute the same figures.
    `orders_before` are the distinct days and contracts to be renewed in the window without the
    plan, `orders_after` the orders of the plan.
    """

    as_of: date
    order_day: date
    window_end: date
    anniversary: date
    asked_for: bool
    best: date
    runner_up: date | None
    why: tuple[str, ...]
    breaks: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    lines: tuple[PlannedLine, ...]
    by_fiscal_year: tuple[FiscalYearCost, ...]
    totals: tuple[PlanTotals, ...]
    unpriced_lines: int
    uncovered_unit_days: int
    uncovered_if_nothing_is_done: int
    not_eligible_unit_days: int
    orders_before: int
    orders_after: int
    true_up: tuple[TrueUp, ...]
    refresh: tuple[RefreshOrRenew, ...]
    forecast: tuple[LifecycleYear, ...]
    calendar: tuple[CalendarEntry, ...]
    open_questions: tuple[str, ...]
    vehicles: tuple[Vehicle, ...]
    settings: tuple[tuple[str, str], ...]

    @property
    def co_terminates(self) -> bool:
        """Whether a line is there that cover is ordered for; units to be added are none."""
        return any(line.end is not None and line.periods for line in self.lines)

    def measured(self) -> Candidate:
        """The measures of the anniversary that was chosen."""
        return next(c for c in self.candidates if c.date == self.anniversary)


@dataclass(frozen=True, slots=True)
class DataAge:
    """How old one kind of input is on the day of the report.

    `basis` says who states the day: the user, the file itself, or only its modification time.
    `sites` are those it speaks of, none for all. `sha256` is that of the file, `limit` the
    days after which it no longer proves anything, None where it has none.
    """

    what: str
    source: str
    dated: date | None
    rows: int
    basis: str = "declared"
    sites: tuple[str, ...] = ()
    sha256: str | None = None
    limit: int | None = None

    @property
    def described(self) -> str:
        """The source with what limits it: who dated it, and the sites it speaks of."""
        said = ["dated by its modification time"] if self.basis == "modified" else []
        said += [f"only {', '.join(self.sites)}"] if self.sites else []
        return f"{self.source} ({'; '.join(said)})" if said else self.source


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a template can say. Every template gets this one object.

    `findings` holds one finding per rule and asset, sorted as `assets` is. `postures` follow the
    same order; `advisories` may be walked again and again, and makes its lines as it is walked,
    each about one of `postures`.
    `hosts` are those of the inventory and of the sweep, by name, each with its owner: one that was
    not attempted was left out of the sweep.
    """

    as_of: date
    run_day: date
    tool_version: str
    sweep: Sweep
    assets: tuple[Asset, ...]
    findings: tuple[Finding, ...]
    data_ages: tuple[DataAge, ...]
    quote_window_days: int
    near_ldos_months: int
    postures: tuple[Posture, ...] = ()
    advisories: Iterable[AdvisoryLine] = ()
    waivers: tuple[Waiver, ...] = ()
    hosts: tuple[HostFacts, ...] = ()
    plan: RenewalPlan | None = None

    def findings_by_asset(self) -> dict[AssetKey, list[Finding]]:
        """Findings by the key of their asset."""
        grouped: dict[AssetKey, list[Finding]] = {}
        for finding in self.findings:
            key = (finding.host, finding.serial, finding.pid, finding.position)
            grouped.setdefault(key, []).append(finding)
        return grouped


def days(earlier: date, later: date) -> int:
    """Days from `earlier` to `later`, negative where `later` is before."""
    return (later - earlier) // timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """Add calendar months; the 31st becomes the last day of a shorter month."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month0 + 1)[1]
    return date(year, month0 + 1, min(day.day, last))


def unique(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Each piece of evidence once, in the order it first stood."""
    return tuple(dict.fromkeys(evidence))
