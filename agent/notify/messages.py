"""The words of a message, and mail as a file that any mail program opens."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime, time
from email.message import EmailMessage
from email.policy import SMTP
from itertools import groupby
from typing import TYPE_CHECKING

from agent.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.notify.channels import Occasion
    from agent.notify.choice import Notice
    from agent.notify.facts import Fact

_DOMAIN = "netcover.invalid"


def headline(notice: Notice) -> str:
    """What there is, in numbers."""
    kinds = [fact.kind for _, fact in notice.facts]
    words = {"date": "date", "finding": "finding", "gap": "host not read", "data": "old file"}
    parts = [
        count(kinds.count(kind), word) if kind != "gap" else _hosts(kinds.count("gap"))
        for kind, word in words.items()
        if kind in kinds
    ]
    return f"netcover: {', '.join(parts)}"


def _hosts(number: int) -> str:
    return f"{count(number, 'host')} not read wholly"


def lines(notice: Notice, most: int, longest: int) -> Iterator[str]:
    """One line for each of the worst facts, cut to `longest` characters; then what is left out."""
    for _, fact in notice.facts[:most]:
        line = told(fact)
        yield line if len(line) <= longest else f"{line[: longest - 1]}\u2026"
    if len(notice.facts) > most:
        yield f"and {len(notice.facts) - most} more"


def told(fact: Fact) -> str:
    """One fact in one line."""
    due = f"{fact.day}: " if fact.day else ""
    return f"{fact.severity}: {due}{' '.join(fact.text.split())}"


def identifier(notice: Notice) -> str:
    """The same for the same facts to the same recipient: a receiver can tell a repetition."""
    content = json.dumps([notice.recipient, sorted(notice.keys)])
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def mail(notice: Notice, occasion: Occasion, sender: str) -> EmailMessage:
    """The message: plain text, every fact in it, marked as sent by a machine."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = notice.recipient
    message["Subject"] = headline(notice)
    message["Date"] = datetime.combine(date.fromisoformat(occasion.as_of), time(), UTC)
    message["Message-ID"] = f"<{identifier(notice)}@{_DOMAIN}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n".join(_text(notice, occasion)) + "\n", cte="quoted-printable")
    return message


def _text(notice: Notice, occasion: Occasion) -> Iterator[str]:
    ordered = sorted(notice.facts, key=lambda pair: pair[0])
    for rule, chosen in groupby(ordered, key=lambda pair: pair[0]):
        yield f"{rule}"
        yield from (f"  {told(fact)}" for _, fact in chosen)
        yield ""
    yield f"As of {occasion.as_of}, sweep {occasion.sweep}: {occasion.scope}"
    if notice.before:
        yield f"{count(notice.before, 'fact')} that you were told before still hold."
    if occasion.link:
        yield f"Reports: {occasion.link}"
