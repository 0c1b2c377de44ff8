"""The generic form: everything that is known of each fact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.notify.channels import Form

if TYPE_CHECKING:
    from agent.notify.channels import Occasion
    from agent.notify.choice import Notice

SCHEMA = "netcover/notice/1"


def body(notice: Notice, occasion: Occasion) -> dict[str, Any]:
    """All facts, the worst first."""
    return {
        "schema": SCHEMA,
        "as_of": occasion.as_of,
        "sweep": occasion.sweep,
        "scope": occasion.scope,
        "link": occasion.link,
        "facts": [
            {
                "rule": rule,
                "key": fact.key,
                "kind": fact.kind,
                "about": fact.about,
                "severity": fact.severity,
                "day": fact.day.isoformat() if fact.day else None,
                "site": fact.site,
                "owner": fact.owner,
                "host": fact.host,
                "serial": fact.serial,
                "text": fact.text,
            }
            for rule, fact in notice.facts
        ],
    }


FORM = Form("json", body)
