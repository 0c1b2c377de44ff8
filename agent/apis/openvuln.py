"""openVuln v2: advisories of one software release, with the first fixed releases by platform."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from agent.apis.ask import Answered, ask
from agent.apis.problems import Problem
from agent.apis.session import Reply

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from agent.apis.session import Session

OS_TYPES = {"ios-xe": "iosxe", "asa": "asa", "ftd": "ftd", "fxos": "fxos"}
"""The service's names; access points and the rest are not offered."""

_UNITED = ("cves", "bugIDs", "productNames", "firstFixed", "iosRelease")


def spelled(os: str, release: str) -> str:
    """A release as the service spells it: dotted, never with parentheses."""
    if os in {"asa", "fxos"}:
        return release.replace("(", ".").replace(")", ".").rstrip(".")
    return release


def by_release(
    session: Session, releases: Sequence[tuple[str, str]]
) -> Iterator[Answered | Problem]:
    """Advisories by software and canonical release; an answer for each.

    That none is returned is no proof of anything: it comes as a problem of the kind ``no_data``.
    """
    asked = {f"{OS_TYPES[os]} {spelled(os, text)}": None for os, text in releases if os in OS_TYPES}
    other = tuple(sorted({f"{os} {text}" for os, text in releases if os not in OS_TYPES}))
    if other:
        yield Problem("openvuln", "no_data", "", "the service does not offer this software", other)

    def call(one: tuple[str, ...]) -> Reply | Problem:
        os_type, version = one[0].split(" ", 1)
        found = session.get("openvuln", f"OSType/{os_type}", {"version": version})
        if isinstance(found, Reply) and not found.content.get("advisories"):
            # That there is none is said by an error of its own, never by an empty list.
            return Problem("openvuln", "unexpected", "", "the answer has no advisories")
        return found

    yield from ask(list(asked), 1, call)


def united(documents: Iterable[str]) -> str:
    """Answers as one document: an advisory that several name once, with the lists of all.

    An answer names the release that was asked for; only together they name what the estate runs.
    """
    found: dict[str, dict[str, Any]] = {}
    for document in documents:
        for advisory in json.loads(document)["advisories"]:
            known = found.setdefault(str(advisory.get("advisoryId")), dict(advisory))
            if str(advisory.get("lastUpdated")) > str(known.get("lastUpdated")):
                known |= {k: v for k, v in advisory.items() if k not in {*_UNITED, "platforms"}}
            for name in _UNITED:
                lists = (known.get(name) or [], advisory.get(name) or [])
                values = {
                    text for one in lists for text in ([one] if isinstance(one, str) else one)
                }
                if values:
                    known[name] = sorted(values)
            known["platforms"] = _platforms(known, advisory)
    return json.dumps({"advisories": [found[name] for name in sorted(found)]}, sort_keys=True)


def _platforms(*advisories: dict[str, Any]) -> list[dict[str, Any]]:
    rows = {
        json.dumps(platform, sort_keys=True): platform
        for advisory in advisories
        for platform in advisory.get("platforms") or []
    }
    return [rows[text] for text in sorted(rows)]
