"""Catalyst 9800 wireless controllers: appliances, HA pairs, virtual, and their access points."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.model import Incomplete, Reading
from agent.platforms import Command, Platform, _access_points, _ios_xe
from agent.platforms._lines import LineStart
from agent.platforms._outputs import answers, refusals

if TYPE_CHECKING:
    from agent.model import Capture

_DUPLEX = LineStart.of(r"Hardware Mode\s*=\s*Duplex", re.IGNORECASE)
_CONTROLLER = re.compile(
    r"""\bC9800\S*\ Software | ^[ \t]*cisco[ \t]+C9800\S*[ \t]+\( | \bPID:[ \t]*C9800-(?:\d|L|CL)
      | ^[ \t]*(?:AP\ Name|Cisco\ AP\ Name|Number\ of\ APs)\b | ^[ \t]*Chassis\#[ \t]+Role""",
    re.VERBOSE | re.MULTILINE | re.IGNORECASE,
)


def _standby_missing(capture: Capture, controller: Reading) -> tuple[Incomplete, ...]:
    """That redundancy states a second chassis, where no other output names it."""
    chassis = [unit for unit in controller.observations if unit.kind == "chassis"]
    known = len(chassis) > 1 or any(g.kind == "standby_not_seen" for g in controller.incomplete)
    return tuple(
        Incomplete(
            capture.host,
            "standby_not_seen",
            f"{output.command}: the pair is duplex, but no output states the standby's serial",
        )
        for output in answers(capture, "show redundancy")
        if not known and _DUPLEX.search(output.text)
    )


def parse(capture: Capture) -> Reading:
    """The controller's chassis and parts, and every joined access point as a unit of its own."""
    controller = _ios_xe.read(capture, "chassis")
    access_points, short = _access_points.read(capture)
    refused = refusals(capture, (_access_points.SUMMARY, _access_points.DETAIL))
    # The switch reader understands no AP output; what stands in one is no gap of the chassis.
    gaps = tuple(
        g
        for g in controller.incomplete
        if not (g.kind == "not_parsed" and g.reason.startswith("show ap "))
    )
    alone = _standby_missing(capture, controller)
    return Reading((*controller.observations, *access_points), (*gaps, *alone, *refused, *short))


def recognises(capture: Capture) -> bool:
    """Whether any output is that of a wireless controller."""
    return any(_CONTROLLER.search(output.text) for output in capture.outputs)


PLATFORM = Platform(
    name="catalyst_9800",
    title="Catalyst 9800 wireless controller (-40, -80, -L, -CL, EWC) and its access points",
    software="ios-xe",
    netmiko="cisco_xe",
    commands=(
        Command("show version", required=True),
        Command("show inventory", required=True),
        Command("show chassis"),
        Command("show license all"),
        Command("show ap summary", required=True),
        Command("show ap config general", required=True),
        Command("show install summary"),
    ),
    session=("terminal length 0", "terminal width 511", "exit"),
    parse=parse,
    recognises=recognises,
    enable=True,
)
