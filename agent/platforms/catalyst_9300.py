"""Catalyst 9300 and its family: 9200 to 9600, 3650/3850, stacks and StackWise Virtual."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.platforms import Command, Platform, _ios_xe

if TYPE_CHECKING:
    from agent.model import Capture, Reading

_SWITCH = re.compile(
    r"""Catalyst\ L3\ Switch\ Software | Catalyst\ \d+\ L\d\ Switch | \bCAT[39]K\w*_
      | ^[ \t]*(?:UDI:[ \t]*)?(?:\w+:[ \t]*)?PID:[ \t]*(?:C9[2-6]\d\d|WS-C\d|C1[0-3]00|IE-?3|ESS-?3)
      | ^[ \t]*cisco[ \t]+(?:C9[2-6]|WS-C|C1[0-3]00|IE-?3|ESS-?3)\S*[ \t]+\(
      | ^[ \t]*Chassis\ type:[ \t]*(?:C9[2-6]|WS-C)
      | \bNAME:[ \t]*"(?:\w+\ Stack|Switch\ \d+)"
      | ^[ \t]*Switch[ \t]+Ports[ \t]+Model[ \t]+S
      | ^[ \t]*Switch\#[ \t]+Role\b
      | \(C9[2-6]\d\d\S*\ .*\)
      | \b(?:cat9k|cat3k_caa)\w*[._]""",
    re.VERBOSE | re.MULTILINE | re.IGNORECASE,
)
_CONTROLLER = re.compile(
    r"""\bC9800\S*\ Software | ^[ \t]*cisco[ \t]+C9800\S*[ \t]+\( | PID:[ \t]*C9800-(?:\d|L|CL)
      | ^[ \t]*(?:AP\ Name|Cisco\ AP\ Name)\b | ^[ \t]*Chassis\#[ \t]+Role""",
    re.VERBOSE | re.MULTILINE | re.IGNORECASE,
)


def parse(capture: Capture) -> Reading:
    """Stack members, chassis, supervisors, cards, supplies, fans, optics and cables."""
    return _ios_xe.read(capture, "switch")


def recognises(capture: Capture) -> bool:
    """Whether any output names a Catalyst switch, and none a wireless controller."""
    texts = [output.text for output in capture.outputs]
    return any(map(_SWITCH.search, texts)) and not any(map(_controller, texts))


def _controller(text: str) -> bool:
    """Whether a text is a controller's; without one of three words the pattern is not tried."""
    small = text.casefold()
    worded = "c9800" in small or "ap name" in small or ("#" in small and "s#" in small)
    return worded and bool(_CONTROLLER.search(text))


PLATFORM = Platform(
    name="catalyst_9300",
    title="Catalyst 9300 family (9200-9600, 3650/3850, stacks, StackWise Virtual)",
    software="ios-xe",
    netmiko="cisco_xe",
    commands=(
        Command("show version", required=True),
        Command("show inventory", required=True),
        Command("show switch"),
        Command("show license all"),
        Command("show install summary"),
    ),
    session=("terminal length 0", "terminal width 511", "exit"),
    parse=parse,
    recognises=recognises,
    enable=True,
)
