"""What a unit costs a year: the price book before the line's own price."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.reconcile.pid import family

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from agent.model import ContractLine, Price


@dataclass(frozen=True, slots=True)
class Quoted:
    """An annual price per unit, and where it comes from; None where there is none."""

    price: Decimal | None
    currency: str | None
    source: str | None


NO_PRICE = Quoted(None, None, None)


@dataclass(frozen=True, slots=True)
class PriceBook:
    """Prices by the PID as spelt and by its family, each with the service level."""

    exact: dict[tuple[str, str], Price]
    families: dict[tuple[str, str], Price]

    @classmethod
    def of(cls, prices: Iterable[Price]) -> PriceBook:
        """A book of `prices`; the first row of a PID and level stands."""
        exact: dict[tuple[str, str], Price] = {}
        families: dict[tuple[str, str], Price] = {}
        for price in prices:
            level = price.service_level.strip().upper()
            exact.setdefault((price.pid.strip().upper(), level), price)
            families.setdefault((family(price.pid), level), price)
        return cls(exact, families)

    def quote(self, pid: str | None, level: str | None, line: ContractLine | None) -> Quoted:
        """The annual price of one unit of `pid` at `level`."""
        if pid and level:
            asked = level.strip().upper()
            found = self.exact.get((pid.strip().upper(), asked)) or self.families.get(
                (family(pid), asked)
            )
            if found:
                row = f"{found.evidence.source} {found.evidence.command}"
                return Quoted(found.annual_price, found.currency, row)
        if line is not None and line.annual_price is not None and line.currency is not None:
            row = f"{line.evidence.source} {line.evidence.command}"
            return Quoted(line.annual_price, line.currency, row)
        return NO_PRICE
