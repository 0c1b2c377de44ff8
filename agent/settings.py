"""netcover.toml and ``NETCOVER_*`` variables, checked: the settings of a site and its policy.

A variable stands before the file: ``NETCOVER_POLICY__QUOTE_WINDOW_DAYS=60``. Credentials are not
settings; they are read by :mod:`agent.inventory.credentials`.
"""

from __future__ import annotations

import os
import tomllib
from datetime import date  # noqa: TC003 - pydantic reads it when the class is made
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict

from agent.errors import SettingsError
from agent.yearly import MonthDay, Window

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_settings import PydanticBaseSettingsSource

FILE_NAME = "netcover.toml"
MOST_THREADS = 100
"""Beyond so many, netmiko's threads only get in each other's way on two cores."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StoreSettings(_Section):
    """Where the history is kept; any SQLAlchemy URL."""

    url: str = "sqlite:///netcover.db"


class SweepSettings(_Section):
    """How hosts are read.

    `workers`: hosts at the same time; by default 500 for each core, or for each of `processes`, on
    asyncio (at most 2,000), 50 on threads (at most 100).
    `processes`: over which they are spread, beside the command's own; by default one for each other
    core, and for up to 100 hosts none.
    `timeout` in seconds: for the connection, the login, and silence within a command.
    Rates are logins per second, 0 for no limit; `per_aaa_group` counts hosts whose data names
    the same ``aaa_group``. `refusals_per_site`: refused logins on so many distinct hosts stop a
    site, 0 for never. `snmp`: whether a host is read by SNMP too, where the inventory does not say.
    `host_keys`: what becomes of an SSH host key that `known_hosts` (OpenSSH's form) does not have:
    refused, noted there, or not looked at; a changed one is refused by the first two. `ssh_key`:
    a private key that is offered before the password; NETCOVER_SSH_KEY stands before it.
    `ssh_agent`: whether keys of the agent at SSH_AUTH_SOCK are.
    """

    runner: Literal["asyncio", "threads"] = "asyncio"
    workers: Annotated[int, Field(ge=1, le=2000)] | None = None
    processes: Annotated[int, Field(ge=1, le=64)] | None = None
    timeout: Annotated[float, Field(gt=0, le=600)] = 30.0
    logins_per_second: Annotated[float, Field(ge=0)] = 0.0
    per_site: Annotated[float, Field(ge=0)] = 0.0
    per_aaa_group: Annotated[float, Field(ge=0)] = 0.0
    jitter: Annotated[float, Field(ge=0, lt=1)] = 0.1
    refusals_per_site: Annotated[int, Field(ge=0)] = 3
    snmp: bool = False
    host_keys: Literal["strict", "accept-new", "ignore"] = "accept-new"
    known_hosts: Path = Path("known_hosts")
    ssh_key: Path | None = None
    ssh_agent: bool = False

    @model_validator(mode="after")
    def _threads_are_few(self) -> Self:
        if self.runner == "threads" and (self.workers or 0) > MOST_THREADS:
            raise ValueError(f"workers: at most {MOST_THREADS} where the runner is threads")
        return self

    @property
    def at_once(self) -> int:
        """How many hosts are read at the same time."""
        if self.workers is not None:
            return self.workers
        if self.runner == "threads":
            return 50
        return min(2000, 500 * (self.processes or os.cpu_count() or 1))


_AS_TEXT = PlainSerializer(str, when_used="json")


class DiscoverySettings(_Section):
    """What ``netcover discover`` may probe, and how fast.

    `allow`: the prefixes of the site, beyond which nothing is ever probed; empty leaves it to the
    command line. Rates are probes a second, `per_prefix` 0 for no limit; `timeout` in seconds.
    """

    allow: tuple[str, ...] = ()
    ports: str = "22"
    rate: Annotated[float, Field(ge=1, le=100_000)] = 500.0
    per_prefix: Annotated[float, Field(ge=0, le=100_000)] = 0.0
    timeout: Annotated[float, Field(gt=0, le=60)] = 2.0
    snmp_port: Annotated[int, Field(ge=1, le=65535)] = 161


_Months = Annotated[int, Field(ge=0, le=240)]
_Days = Annotated[int, Field(ge=0, le=3650)]


class Vault(_Section):
    """Where in HashiCorp Vault credentials lie, as ``secret/netcover``; None where they do not."""

    path: Annotated[str, Field(pattern=r"^[^/\s]+(/[^/\s]+)+/?$")] | None = None


class Policy(_Section):
    """Thresholds of the rules.

    `ldos_flag_months`: a plan marks units whose last date of support comes within so many.
    `near_security_months`: how far the end of security fixes is looked for, `near_sw_maintenance`
    likewise. `stig_basis`: what a STIG's "supported release" means. `sla_days`: by severity, the
    days after publication within which the site mends an advisory; empty for none.
    """

    quote_window_days: _Days = 90
    near_ldos_months: _Months = 24
    ldos_flag_months: _Months = 18
    near_security_months: _Months = 12
    near_sw_maintenance_months: _Months = 12
    stig_basis: Literal["security_fixes", "tac"] = "security_fixes"
    sla_days: dict[Literal["critical", "high", "medium", "low"], _Days] = {}


class MaxAge(_Section):
    """Days after which data of a kind no longer proves anything, counted on the day of the run."""

    advisories: _Days = 30
    contracts: _Days = 30
    eox: _Days = 90


class Inputs(_Section):
    """Files that are read at each assessment; a path is relative to the working folder.

    A file of the usual name in the inventory folder is read without being named here.
    """

    inventory: Path = Path("inventory")
    reachable_trains: Path | None = None
    waivers: Path | None = None
    decisions: Path | None = None
    prices: Path | None = None
    vehicles: Path | None = None


Ranked = Literal[
    "uncovered",
    "budget_window",
    "expiry_dates",
    "paid_for_nothing",
    "bridge_unit_days",
    "line_end",
    "earliest",
]


class Renewal(_Section):
    """Parameters of the renewal. What Cisco publishes no figure for is 0 or off until you say so.

    Days of the year are written ``10-01``, windows ``10-01..12-31``. `short_bridge` says what
    becomes of a bridge below the minimum. `back_bill`, `fee_percent` (of the back-bill) and
    `inspection_after_days` are your reseller's terms for lapsed lines; what follows from them is an
    estimate and in no total. `add_service_level` prices units that were on no contract.
    """

    fiscal_year_start: Annotated[MonthDay, BeforeValidator(MonthDay.parse), _AS_TEXT] = MonthDay(
        1, 1
    )
    budget_windows: tuple[Annotated[Window, BeforeValidator(Window.parse), _AS_TEXT], ...] = ()
    lead_days: Annotated[int, Field(ge=0, le=600)] = 90
    window_months: Annotated[int, Field(ge=1, le=60)] = 24
    minimum_bridge_days: Annotated[int, Field(ge=0, le=365)] = 0
    maximum_bridge_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    short_bridge: Literal["flag", "roll"] = "flag"
    year_basis: Annotated[Literal["365", "actual"], BeforeValidator(str)] = "365"
    order_day: date | None = None
    ranking: Annotated[tuple[Ranked, ...], Field(min_length=1)] = get_args(Ranked)
    retired_after_sweeps: Annotated[int, Field(ge=1, le=50)] = 2
    back_bill: bool = False
    fee_percent: Annotated[Decimal, Field(ge=0, le=1000)] = Decimal(0)
    inspection_after_days: Annotated[int, Field(ge=0)] | None = None
    add_service_level: str | None = None
    quote_alarms: tuple[Annotated[int, Field(ge=0, le=600)], ...] = (90, 60, 30)


class Site(_Section):
    """One site of the inventory: what contracts call it, whom it belongs to, who answers for it."""

    names: tuple[str, ...] = ()
    end_customer: str | None = None
    owner: str | None = None


_Url = Annotated[str, Field(pattern=r"^https://[^\s]+$")]
_APIX = "https://apix.cisco.com"


class Cisco(_Section):
    """Where Cisco's services are and how fast they may be asked.

    `base_url` takes the place of scheme and host of every address that is not set itself (a lab, a
    proxy). `ca_file`: the authority that signed the services' certificates, where it is no public
    one. `timeout` and waits in seconds: `pause` before the first repetition, growing; what asks to
    wait longer than `longest_wait` ends the run of that service. `iq`: Cisco IQ is a beta and off.
    """

    base_url: _Url | None = None
    ca_file: Path | None = None
    token_url: _Url = "https://id.cisco.com/oauth2/default/v1/token"  # noqa: S105 - an address
    eox_url: _Url = f"{_APIX}/supporttools/eox/rest/5"
    sn2info_url: _Url = f"{_APIX}/sn2info/v2"
    product_url: _Url = f"{_APIX}/product/v1/information"
    suggestion_url: _Url = f"{_APIX}/software/suggestion/v2/suggestions"
    openvuln_url: _Url = f"{_APIX}/security/advisories/v2"
    cxcloud_url: _Url = f"{_APIX}/cs/api/v2"
    iq_url: _Url = "https://iq.cisco.com/ciq-rest/api/v0"
    iq_token_url: _Url = "https://iq.cisco.com/cxp-iam/api/v1/auth/issueToken"  # noqa: S105 - same
    timeout: Annotated[float, Field(gt=0, le=600)] = 30.0
    attempts: Annotated[int, Field(ge=1, le=20)] = 5
    pause: Annotated[float, Field(ge=0, le=60)] = 0.5
    longest_wait: Annotated[float, Field(ge=0, le=3600)] = 120.0
    per_second: Annotated[int, Field(ge=1, le=1000)] = 2
    openvuln_per_minute: Annotated[int, Field(ge=1, le=100_000)] = 25
    fresh_hours: Annotated[float, Field(ge=0, le=8760)] = 24.0
    cx_cloud: bool = False
    iq: bool = False
    iq_region: Literal["US", "EMEA", "APJC"] = "US"
    iq_account: str | None = None

    def url(self, service: str) -> str:
        """The address of a service, without a slash at its end."""
        name = f"{service}_url"
        address = str(getattr(self, name))
        if self.base_url and name not in self.model_fields_set:
            path = address.split("/", 3)[3]
            return f"{self.base_url.rstrip('/')}/{path}".rstrip("/")
        return address.rstrip("/")


class Rest(_Section):
    """How managers are asked over HTTPS (FMC, FDM): the platforms ``fmc`` and ``fdm``.

    `ca_file`: certificates to believe, of an authority or of the managers themselves; by default
    the system's authorities. There is no way not to look at a certificate. `per_minute`: requests
    to one manager; FMC takes 120, from 7.4.1 on 300. Waits in seconds, as for Cisco's services.
    """

    ca_file: Path | None = None
    per_minute: Annotated[int, Field(ge=1, le=100_000)] = 120
    attempts: Annotated[int, Field(ge=1, le=20)] = 5
    pause: Annotated[float, Field(ge=0, le=60)] = 0.5
    longest_wait: Annotated[float, Field(ge=0, le=3600)] = 120.0


class Filters(_Section):
    """Which hosts a source of truth is asked for: of each key any value, and all keys."""

    site: tuple[str, ...] = ()
    role: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    tenant: tuple[str, ...] = ()


class InventorySettings(_Section):
    """Where hosts come from, where ``-i`` does not say.

    `source`: simple, table, ansible (each with a `path`), netbox or nautobot (each with a `url`);
    by default what `path` holds. `ca_file`: the authority that signed the certificate there, where
    it is no public one. `statuses` are swept, the others only compared. `platforms`: what the
    source calls a platform and the name it has here, ``none`` for what is not to be read.
    `addresses`: which to take, the first there is; `port`: that of hosts for which none is stated;
    `site_type`: the location type of Nautobot that is a site. `timeout` and waits in seconds, as in
    ``[cisco]``.
    """

    source: str | None = None
    path: Path | None = None
    url: _Url | None = None
    ca_file: Path | None = None
    statuses: Annotated[
        tuple[Annotated[str, StringConstraints(to_lower=True)], ...], Field(min_length=1)
    ] = ("active",)
    filters: Filters = Filters()
    platforms: dict[str, str] = {}
    addresses: Annotated[
        tuple[Literal["primary_ip4", "primary_ip6", "oob_ip"], ...], Field(min_length=1)
    ] = ("primary_ip4", "primary_ip6")
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    site_type: str = "Site"
    timeout: Annotated[float, Field(gt=0, le=600)] = 30.0
    attempts: Annotated[int, Field(ge=1, le=20)] = 4
    pause: Annotated[float, Field(ge=0, le=60)] = 0.5
    longest_wait: Annotated[float, Field(ge=0, le=3600)] = 60.0


class Mail(_Section):
    """How mail leaves; NETCOVER_SMTP_USERNAME and NETCOVER_SMTP_PASSWORD where it asks for a login.

    `tls`: ``starttls`` and ``tls`` look at the certificate, by `ca_file` or the system's
    authorities; a login is only offered over one of the two. `timeout` in seconds.
    """

    host: str | None = None
    port: Annotated[int, Field(ge=1, le=65535)] = 25
    tls: Literal["none", "starttls", "tls"] = "starttls"
    sender: Annotated[str, Field(pattern=r"^[^@\s<>]+@[^@\s<>]+$")] = "netcover@localhost"
    ca_file: Path | None = None
    timeout: Annotated[float, Field(gt=0, le=600)] = 30.0


class Channel(_Section):
    """A webhook. Its URL is a secret: NETCOVER_WEBHOOK_<NAME> has it.

    NETCOVER_WEBHOOK_<NAME>_SECRET signs what is sent. Waits in seconds, as for Cisco's services.
    """

    form: Literal["json", "slack", "teams"] = "json"
    ca_file: Path | None = None
    timeout: Annotated[float, Field(gt=0, le=600)] = 15.0
    attempts: Annotated[int, Field(ge=1, le=20)] = 4
    pause: Annotated[float, Field(ge=0, le=60)] = 0.5
    longest_wait: Annotated[float, Field(ge=0, le=3600)] = 60.0


class NotifyRule(_Section):
    """Who is told what, and when.

    `facts`: ``date`` (of the renewal's calendar), ``finding`` (open, not waived), ``gap`` (a host
    that was not read, or not wholly), ``data`` (older than ``[max_age_days]``). A date is told once
    for each of `days_before` that has come. `rules` and `severity` choose findings, `kinds` dates,
    `sites` all of them; empty chooses everything. `to`: ``owner``, a mail address, or a channel.
    """

    name: Annotated[str, Field(min_length=1)]
    facts: Annotated[tuple[Literal["date", "finding", "gap", "data"], ...], Field(min_length=1)]
    to: Annotated[tuple[str, ...], Field(min_length=1)]
    days_before: Annotated[tuple[_Days, ...], Field(min_length=1)] = (90, 60, 30, 0)
    rules: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    severity: Literal["critical", "high", "medium", "low", "info"] = "info"
    sites: tuple[str, ...] = ()


class Notify(_Section):
    """Who is told what. `link` is where the reports lie, for those who want to read on."""

    mail: Mail = Mail()
    channels: dict[Annotated[str, Field(pattern=r"^[a-z0-9_]+$")], Channel] = {}
    rules: tuple[NotifyRule, ...] = ()
    link: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = None

    @model_validator(mode="after")
    def _everybody_is_known(self) -> Self:
        names = [rule.name for rule in self.rules]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two rules are called {twice[0]}; give each a name of its own")
        for rule in self.rules:
            for to in rule.to:
                if to != "owner" and "@" not in to and to not in self.channels:
                    known = ", ".join(("owner", *sorted(self.channels)))
                    raise ValueError(
                        f"rule {rule.name}: {to} is no mail address and no channel; known: {known}"
                    )
        return self


class Settings(BaseSettings):
    """All settings of one run. `owners` is by site; ``*`` answers for what no other entry does."""

    model_config = SettingsConfigDict(
        env_prefix="NETCOVER_", env_nested_delimiter="__", extra="forbid", frozen=True
    )
    store: StoreSettings = StoreSettings()
    sweep: SweepSettings = SweepSettings()
    discovery: DiscoverySettings = DiscoverySettings()
    vault: Vault = Vault()
    policy: Policy = Policy()
    max_age_days: MaxAge = MaxAge()
    inputs: Inputs = Inputs()
    inventory: InventorySettings = InventorySettings()
    renewal: Renewal = Renewal()
    cisco: Cisco = Cisco()
    rest: Rest = Rest()
    notify: Notify = Notify()
    owners: dict[str, str] = {}
    sites: dict[str, Site] = {}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the library's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment stand before what was read from the file."""
        return (env_settings, init_settings)


def load_settings(file: Path | None, *folders: Path) -> Settings:
    """Read the settings from `file`, else from the first of `folders` that has a netcover.toml.

    :raises SettingsError: the file is missing or malformed, a key is unknown, a value is wrong.
    """
    if file is not None and not file.is_file():
        raise SettingsError(f"{file}: no such settings file; leave out --config to use defaults")
    path = file or next((f / FILE_NAME for f in folders if (f / FILE_NAME).is_file()), None)
    content: Mapping[str, object] = _read(path) if path else {}
    try:
        return Settings(**content)  # type: ignore[arg-type]  # pydantic checks each value
    except ValidationError as error:
        raise SettingsError(_explain(error, path)) from None


def _read(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"{path}: not a readable TOML file: {error}") from None


def _explain(error: ValidationError, path: Path | None) -> str:
    first = error.errors()[0]
    keys = [str(part) for part in first["loc"]]
    variable = "NETCOVER_" + "__".join(keys).upper()
    overridden = variable in {name.upper() for name in EnvSettingsSource(Settings).env_vars}
    where = variable if overridden or path is None else f"{path}: {'.'.join(keys)}"
    if first["type"] == "extra_forbidden":
        known = _known(keys[:-1])
        return f"{where}: key is not known; known here: {', '.join(known)}"
    return f"{where}: {first['msg'][0].lower()}{first['msg'][1:]}, got {first['input']!r}"


def _known(section: list[str]) -> list[str]:
    model: type[BaseModel] = Settings
    for key in section:
        annotation = model.model_fields[key].annotation
        if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
            break
        model = annotation
    return sorted(model.model_fields)
