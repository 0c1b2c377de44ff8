"""Units counted by what stands between them and the next security fix."""

from dataclasses import replace

from agent.model import HEADLINES, Asset, Posture
from agent.reports.patching import HEADLINE_WORDS, STANDINGS, patching
from agent.reports.summary import summarise
from agent.reports.units import units


def posture(asset, headline, software="ios-xe"):
    return Posture(
        host=asset.host,
        serial=asset.serial,
        pid=asset.pid,
        position=asset.position,
        software=software,
        version="17.9.4a",
        hardware="supported",
        stream="promised",
        entitlement="entitled",
        headline=headline,
        hits=(headline,),
        migration=False,
        action="none",
        reasons=("h", "s", "e"),
    )


def test_every_headline_has_words_and_a_place():
    assert set(HEADLINE_WORDS) == set(HEADLINES)
    assert {standing for standing, _ in HEADLINE_WORDS.values()} == set(STANDINGS)
    assert HEADLINE_WORDS["UNKNOWN"][0] == "unknown"


def test_a_unit_counts_once_by_the_worst_of_its_software(report):
    seen = [asset for asset in report.assets if asset.sightings]
    one, other = seen[1], seen[3]
    judged = (
        posture(one, "PATCHABLE"),
        posture(one, "UNPATCHABLE_HW", "asa"),
        posture(other, "UNKNOWN"),
    )
    told = summarise(replace(report, postures=judged)).patching
    assert (told.units, told.blocked, told.unknown, told.clear) == (2, 1, 1, 0)
    assert [(each.headline, each.units) for each in told.headlines] == [
        ("UNPATCHABLE_HW", 1),
        ("UNKNOWN", 1),
    ]


def test_assets_that_share_a_key_have_their_own_postures(report):
    twins = [Asset("sw", "north", "catalyst_9300", None, None) for _ in range(2)]
    judged = (posture(twins[0], "PATCHABLE"), posture(twins[1], "UNPATCHABLE_HW"))
    told = units(replace(report, assets=tuple(twins), findings=(), postures=judged))
    assert [unit.headline for unit in told] == ["PATCHABLE", "UNPATCHABLE_HW"]


def test_nothing_judged_is_nothing_clear(report):
    told = patching(units(report))
    assert (told.units, told.clear, told.headlines) == (0, 0, ())
