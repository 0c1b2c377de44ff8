"""Slack's incoming webhooks: blocks of text, none of it taken for mark-up or a mention.

Limits as Slack states them: 50 blocks a message, 3,000 characters a block.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.notify.channels import Form
from agent.notify.messages import headline, lines

if TYPE_CHECKING:
    from agent.notify.channels import Occasion
    from agent.notify.choice import Notice

_MOST = 40
_LONGEST = 600
_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def body(notice: Notice, occasion: Occasion) -> dict[str, Any]:
    """The worst facts as blocks, and how many more there are."""
    head = headline(notice)
    blocks = [_block("header", head[:150])]
    blocks += [
        _block("section", line.translate(_ESCAPED)[: _LONGEST * 2])
        for line in lines(notice, _MOST, _LONGEST)
    ]
    said = f"As of {occasion.as_of}. {occasion.scope}"
    link = f" <{occasion.link}|Reports>" if occasion.link else ""
    blocks.append(
        {
            "type": "context",
            "elements": [{"type": "mrkdwn", "text": said.translate(_ESCAPED) + link}],
        }
    )
    return {"text": head.translate(_ESCAPED), "blocks": blocks}


def _block(kind: str, text: str) -> dict[str, Any]:
    return {"type": kind, "text": {"type": "plain_text", "text": text, "emoji": False}}


FORM = Form("slack", body)
