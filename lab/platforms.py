"""What a platform's command line is like; everything it prints is in ``lab/transcripts``."""

from __future__ import annotations

from dataclasses import dataclass

_XML = '<?xml version="1.0" encoding="UTF-8"?><Request MajorVersion="1" MinorVersion="0">'
_RACK = (
    "<SystemTime/><PlatformInventory><RackTable><Rack><Naming><Name>0</Name></Naming>"
    "<Attributes><BasicInfo/></Attributes></Rack></RackTable></PlatformInventory>"
)
_ENTITIES = (
    "<SystemTime/><Inventory><Entities><Entity><Naming><Name>Rack 0</Name></Naming>"
    "<Attributes><InvBasicBag></InvBasicBag></Attributes></Entity></Entities></Inventory>"
)


def _xml(operational: str) -> str:
    """A request as IOS-XR's XML agent takes it."""
    return f"{_XML}<Get><Operational>{operational}</Operational></Get></Request>"


@dataclass(frozen=True, slots=True)
class Platform:
    """How a device of this platform is declared, and how it behaves at its prompt.

    `dialect`: the manners of its command line, in :mod:`lab.dialects`.
    `user`: commands that work before ``enable``, where the platform has it.
    `spelt`: commands that are no file names, and the transcript that answers each.
    """

    dialect: str
    version: str
    example: str
    most_members: int = 1
    user: tuple[str, ...] = ()
    spelt: tuple[tuple[str, str], ...] = ()


_IOS_XE = r"[1-9]\d*\.(0|[1-9]\d*)\.(0|[1-9]\d*)[a-z]*"
_IOS_XE_USER = ("show version", "show inventory", "show switch", "show chassis")

PLATFORMS: dict[str, Platform] = {
    "asa": Platform(
        dialect="asa",
        version=r"[1-9]\d*\.\d+\(\d+\)\d*",
        example="'9.16(4)57'",
        user=("show version", "show curpriv"),
    ),
    "catalyst_9300": Platform(
        dialect="ios",
        version=_IOS_XE,
        example="'17.9.4a'",
        most_members=8,
        user=_IOS_XE_USER,
    ),
    "catalyst_9800": Platform(
        dialect="ios",
        version=_IOS_XE,
        example="'17.9.4a'",
        most_members=2,
        user=_IOS_XE_USER,
    ),
    "eos": Platform(
        dialect="eos",
        version=r"4\.\d+\.\d+(\.\d+)?[A-Z]*",
        example="'4.27.2F'",
        user=("show version | json", "show hostname | json", "show interfaces | json"),
        spelt=(
            ("show version | json", "show version json"),
            ("show hostname | json", "show hostname json"),
            ("show interfaces | json", "show interfaces json"),
        ),
    ),
    "ftd": Platform(dialect="clish", version=r"[1-9]\d*(\.\d+){2,3}", example="'7.2.5'"),
    "fxos": Platform(dialect="fxos", version=r"[1-9]\d*\.\d+\(\d+\.\d+\)", example="'2.12(0.498)'"),
    "ios": Platform(
        dialect="ios",
        version=r"1[25]\.\d+\(\d+\w*\)\w*",
        example="'15.2(4)M7'",
        user=("show version", "show hosts", "show ip interface brief"),
    ),
    "ios_xr": Platform(
        dialect="ios_xr",
        version=r"[1-9]\d*\.\d+\.\d+",
        example="'6.6.3'",
        spelt=(
            (_xml(_RACK), "xml rack"),
            (_xml(_ENTITIES), "xml entities"),
            (_xml("<Interfaces/>"), "xml interfaces"),
        ),
    ),
    "nxos": Platform(
        dialect="nxos",
        version=r"[1-9]\d*\.\d+\(\w+\)\w*",
        example="'9.3(8)'",
        spelt=(("show inventory | json", "show inventory json"),),
    ),
}
