"""Cisco IQ v0, a beta and off unless the settings say otherwise: the assets of one account."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from agent.apis.ask import Answered
from agent.apis.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.apis.session import Session

MOST = 200


def assets(session: Session) -> Iterator[Answered | Problem]:
    """Every page of assets; the service says by a link whether there is another one."""
    query: dict[str, str | int] = {"max": MOST, "offset": 0}
    while True:
        item = f"assets from {query.get('offset', 0)}"
        found = session.get("iq", "assets", query)
        if isinstance(found, Problem):
            yield replace(found, items=(item,))
            return
        yield Answered((item,), found.body)
        if found.following is None:
            return
        following: dict[str, str | int] = dict(parse_qsl(urlsplit(found.following).query))
        if following == query:
            yield Problem("iq", "unexpected", "", "the next page is this page again", (item,))
            return
        query = following
