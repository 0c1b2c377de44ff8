"""Whom a discovery may contact: an explicit allow-list, less what is excluded."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

from agent.discovery.spans import Spans, span
from agent.errors import ScopeError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agent.discovery.spans import Address, Network

MOST_NAMED = 5
"""Prefixes of the allow-list that an error names."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom a discovery may contact: what is in `allow` and not in `exclude`."""

    allow: Spans
    exclude: Spans

    @classmethod
    def of(cls, allow: Iterable[Network], exclude: Iterable[Network] = ()) -> Scope:
        """The scope of these prefixes."""
        return cls(Spans.of(map(span, allow)), Spans.of(map(span, exclude)))

    def admits(self, address: str | Address) -> bool:
        """Whether `address` may be contacted; what is no address may not."""
        try:
            wanted = plain(ip_address(address) if isinstance(address, str) else address)
        except ValueError:
            return False
        return wanted in self.allow and wanted not in self.exclude

    def require(self, address: str | Address, named: str = "") -> None:
        """Refuse what may not be contacted; `named` says what led to it.

        :raises ScopeError: `address` is outside the allow-list, or excluded.
        """
        if not self.admits(address):
            raise ScopeError(
                f"{named}: {self.refusal(address)}" if named else self.refusal(address)
            )

    def refusal(self, address: str | Address) -> str:
        """Why `address` is not contacted, and what to do about it."""
        allowed = self.allow.words()
        more = f" and {len(allowed) - MOST_NAMED} more" if len(allowed) > MOST_NAMED else ""
        if _within(address, self.exclude):
            return f"{address} is excluded; take it out of the list, or out of --exclude"
        return (
            f"{address} is outside the allow-list ({', '.join(allowed[:MOST_NAMED])}{more});"
            " allow its prefix, or take it out of the list"
        )


def _within(address: str | Address, spans: Spans) -> bool:
    try:
        return plain(ip_address(address) if isinstance(address, str) else address) in spans
    except ValueError:
        return False


def plain(address: Address) -> Address:
    """The IPv4 address inside an IPv6 one that maps it; any other as it is."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def prefix(text: str, where: str = "") -> Network:
    """Read a prefix, or an address as a prefix of its own.

    :raises ScopeError: it is none, has bits right of its prefix, or a zone.
    """
    led = f"{where}: " if where else ""
    try:
        found = ip_network(text, strict=False)
    except ValueError:
        raise ScopeError(
            f"{led}{text!r} is no address and no prefix; write it as 192.0.2.0/24"
        ) from None
    if "%" in text:
        raise ScopeError(f"{led}{text}: an address with a zone is of one link only; leave it out")
    if isinstance(found, IPv6Network) and found.network_address.ipv4_mapped:
        raise ScopeError(f"{led}{text} maps IPv4 addresses; write them as IPv4")
    if str(found.network_address) != str(ip_address(text.split("/", maxsplit=1)[0])):
        raise ScopeError(f"{led}{text} has bits right of its prefix; write {found}")
    return found
