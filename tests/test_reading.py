from agent.model import Capture, Output
from agent.reading import read
from tests.examples import NOON

VERSION = "Cisco IOS XE Software, Version 17.09.04a\nProcessor board ID ZZT26010001\n"
INVENTORY = (
    'NAME: "Chassis", DESCR: "Cisco Catalyst 9500"\nPID: C9500-48Y4C , VID: V02 , SN: ZZT26010001\n'
)


def host(**texts):
    outputs = tuple(Output(c.replace("_", " "), text, NOON) for c, text in texts.items())
    return read(Capture("sw1", None, "catalyst_9300", "capture", outputs))


def gaps(result):
    return [(gap.kind, gap.reason) for gap in result.incomplete]


def test_lines_that_are_too_long_to_read_are_counted_with_their_place():
    result = host(
        show_version=VERSION,
        show_inventory=INVENTORY + "x" * 1001 + "\n" + "y" * 2000 + "\n",
        show_running_config="z" * 5000,
    )
    reason = "show inventory: line 3 and 1 more not read, longer than 1,000 characters"
    assert [unit.serial for unit in result.observations] == ["ZZT26010001"]
    assert gaps(result) == [("not_parsed", f"{reason}: '{'x' * 40}'...")]


def test_a_line_of_a_thousand_characters_is_read():
    padded = INVENTORY.rstrip("\n")
    padded += " " * (1000 - len(padded.splitlines()[-1]))
    assert gaps(host(show_version=VERSION, show_inventory=padded)) == []
    assert [k for k, _ in gaps(host(show_version=VERSION, show_inventory=padded + " "))] == [
        "truncated",
        "not_parsed",
    ]
