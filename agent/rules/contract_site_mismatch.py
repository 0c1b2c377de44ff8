"""The contract names another install site or end customer than the unit has.

Parts and engineers are sent to the site on the contract, and contracts are not transferable: where
the end customer differs, the cover may not hold at all.

Remedy: have the install site or the end customer corrected. What contracts call your sites stands
under ``[sites.NAME]`` in netcover.toml: ``names`` and ``end_customer``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.rules import Rule, Verdict, describe, lines_evidence

if TYPE_CHECKING:
    from agent.model import Asset, ContractLine
    from agent.rules import Context


def check(asset: Asset, context: Context) -> Verdict:
    """A line that has not ended and states another site or customer."""
    if asset.observation is None:
        return Verdict("not_applicable", "not seen in this sweep")
    current = [line for line in asset.lines if line.end >= context.as_of]
    stated = [line for line in current if line.site or line.end_customer]
    if not stated:
        return Verdict("not_applicable", "no line that still runs states a site or a customer")
    if asset.site is None:
        return Verdict("not_reviewed", "the inventory names no site", None, lines_evidence(stated))
    for line in stated:
        reason = _differs(line, asset.site, context)
        if reason:
            return Verdict("open", f"{describe(line)} {reason}", line.end, lines_evidence((line,)))
    return Verdict("not_a_finding", "site and customer agree", None, lines_evidence(stated))


def _differs(line: ContractLine, site: str, context: Context) -> str | None:
    declared = context.sites.get(site)
    names = {name.casefold() for name in (site, *(declared.names if declared else ()))}
    if line.site and line.site.casefold() not in names:
        return f"names site {line.site}; the unit is at {site}"
    customer = declared.end_customer if declared else None
    if customer and line.end_customer and line.end_customer.casefold() != customer.casefold():
        return f"names end customer {line.end_customer}; {site} belongs to {customer}"
    return None


RULE = Rule(severity="medium", check=check)
