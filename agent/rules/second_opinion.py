"""The command line and SNMP, or the unit and its manager, contradict each other.

A host that is read both ways should say the same of each unit: product, release, and that it is
there. So should a firewall and the FMC that manages it. A contradiction means that one reading is
stale, cut short or wrong, and a contract matched by it may be matched to the wrong product.

Remedy: look at both outputs in the evidence; reload the SNMP agent where its table is stale, let
the manager read its device again, and sweep again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.platforms._snmp import WALK
from agent.rules import Rule, Verdict, sightings_evidence
from agent.second_opinion import managers_words

if TYPE_CHECKING:
    from agent.model import Asset, Observation
    from agent.rules import Context


def check(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001 - every rule has this form
    """A sighting of the unit says where its two readings contradict each other."""
    evidence = sightings_evidence(asset)
    managed = managers_words(asset.sightings)
    found = dict.fromkeys(words for unit in asset.sightings for words in unit.disagreements)
    found |= dict.fromkeys(managed or ())
    if found:
        return Verdict("open", "; ".join(found), None, evidence)
    if any(_both(unit) for unit in asset.sightings):
        return Verdict("not_a_finding", "the command line and SNMP agree", None, evidence)
    if managed is not None:
        return Verdict("not_a_finding", "the unit and its manager agree", None, evidence)
    return Verdict("not_applicable", "read in one way only")


def _both(unit: Observation) -> bool:
    """Whether the unit was seen at the command line and by SNMP."""
    commands = {piece.command for piece in unit.evidence}
    return WALK in commands and len(commands) > 1


RULE = Rule(severity="medium", check=check)
