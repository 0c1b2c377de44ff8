"""Microsoft Teams: an Adaptive Card, as the webhooks of its Workflows take it.

A message may have 28 KB, as Microsoft states it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.notify.channels import Form
from agent.notify.messages import headline, lines

if TYPE_CHECKING:
    from agent.notify.channels import Occasion
    from agent.notify.choice import Notice

_MOST = 25
_LONGEST = 500
_ESCAPED = str.maketrans({c: f"\\{c}" for c in "\\*_[]`#>"})


def body(notice: Notice, occasion: Occasion) -> dict[str, Any]:
    """The worst facts as text blocks, and how many more there are."""
    blocks = [{**_text(headline(notice)), "weight": "Bolder", "size": "Medium"}]
    blocks += [_text(line) for line in lines(notice, _MOST, _LONGEST)]
    blocks.append({**_text(f"As of {occasion.as_of}. {occasion.scope}"), "isSubtle": True})
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": blocks,
    }
    if occasion.link:
        card["actions"] = [{"type": "Action.OpenUrl", "title": "Reports", "url": occasion.link}]
    content = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": content, "content": card}]}


def _text(text: str) -> dict[str, Any]:
    return {"type": "TextBlock", "text": text.translate(_ESCAPED), "wrap": True}


FORM = Form("teams", body)
