"""What a platform's command line is like; everything it prints is in ``lab/transcripts``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Platform:
    """How a device of this platform is declared, and how it behaves at its prompt.

    `dialect`: the manners of its command line, in :mod:`lab.dialects`.
    `user`: commands that work before ``enable``, where the platform has it.
    """

    dialect: str
    version: str
    example: str
    most_members: int = 1
    user: tuple[str, ...] = ()


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
    "ftd": Platform(dialect="clish", version=r"[1-9]\d*(\.\d+){2,3}", example="'7.2.5'"),
    "fxos": Platform(dialect="fxos", version=r"[1-9]\d*\.\d+\(\d+\.\d+\)", example="'2.12(0.498)'"),
}
