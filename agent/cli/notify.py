"""``netcover notify``: tell people what they have to know, once."""

import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli._app import (
    INCOMPLETE,
    AsOf,
    ConfigFile,
    SweepChoice,
    app,
    asked_of,
    chosen_sweep,
    columns,
    day,
    denominator,
    is_incomplete,
    say,
    settings,
    store,
    tell,
)
from agent.errors import UsageError
from agent.wording import count

if TYPE_CHECKING:
    from agent.notify.choice import Choice, Notice
    from agent.notify.deliver import Post
    from agent.store import Store


@app.command("notify")
def command(
    send: Annotated[
        bool, typer.Option("--send", help="Send, and remember; without it, only say what would be.")
    ] = False,
    drafts: Annotated[
        Path | None,
        typer.Option("--drafts", metavar="DIR", help="Write mail here instead of sending it."),
    ] = None,
    as_of: AsOf = None,
    sweep: SweepChoice = None,
    config: ConfigFile = None,
) -> None:
    """Tell people of dates, findings and gaps, as the rules of [notify] want it; each thing once.

    Without --send nothing leaves and nothing is remembered. Exit code 3 where somebody could not
    be told, or a fact has no owner who can be.
    """
    from agent.notify.channels import Occasion
    from agent.notify.choice import choose
    from agent.notify.deliver import Post
    from agent.notify.facts import facts
    from agent.pipeline import build_report

    chosen = settings(config)
    if not chosen.notify.rules:
        raise UsageError("nobody is to be told: netcover.toml has no [[notify.rules]]")
    if drafts is not None and not send:
        raise UsageError("--drafts goes with --send: without it nothing is written")
    with store(chosen) as opened:
        asked = asked_of(chosen, day(as_of))
        report = build_report(opened, chosen_sweep(opened, sweep), asked)
        choice = choose(facts(report), chosen.notify, report.as_of, opened.told())
        scope = denominator(report.sweep) + ("; incomplete" if is_incomplete(report.sweep) else "")
        occasion = Occasion(
            report.as_of.isoformat(), report.sweep.id, f"{scope}.", chosen.notify.link
        )
        post = Post(chosen.notify, occasion, drafts, os.environ)
        news = [notice for notice in choice.notices if notice.facts]
        if send:
            post.check(news)
        tell(_table(choice))
        failed = _sent(opened, post, news, choice) if send else 0
    for fact in choice.ownerless:
        say(f"no owner with a mail address: {fact.text}")
    total = sum(len(notice.facts) for notice in news)
    done = "told" if send else "would be told; --send tells them"
    say(
        f"as of {report.as_of}: {count(len(news) - failed, 'recipient')} {done},"
        f" {count(total, 'fact')} new, {failed} not reached,"
        f" {len(choice.ownerless)} without an owner; {scope}"
    )
    if failed or choice.ownerless:
        raise typer.Exit(INCOMPLETE)


def _sent(opened: "Store", post: "Post", news: "list[Notice]", choice: "Choice") -> int:
    """Send all there is; how many recipients could not be reached."""
    from agent.notify.channels import DeliveryError

    moment = datetime.now(UTC).replace(microsecond=0)
    opened.end_told(sorted(choice.ended), moment)
    failed = 0
    for notice in news:
        try:
            how = post.send(notice, moment)
        except DeliveryError as error:
            failed += 1
            say(f"not told: {error}")
            continue
        opened.save_told(notice.recipient, notice.keys, moment)
        say(f"told {notice.recipient}: {how}")
    return failed


def _table(choice: "Choice") -> str:
    """Who is told what, the worst of it first."""
    return columns(_rows(choice))


def _rows(choice: "Choice") -> Iterator[tuple[str, ...]]:
    yield ("recipient", "rule", "severity", "day", "what")
    for notice in choice.notices:
        shown = notice.facts[:_SHOWN]
        for rule, fact in shown:
            text = fact.text if len(fact.text) <= _WIDTH else f"{fact.text[: _WIDTH - 1]}\u2026"
            when = str(fact.day) if fact.day else ""
            yield (notice.recipient, rule, fact.severity, when, " ".join(text.split()))
        left = Counter(fact.severity for _, fact in notice.facts[_SHOWN:])
        if left:
            more = ", ".join(f"{number} {severity}" for severity, number in left.items())
            yield (notice.recipient, "", "", "", f"and {left.total()} more: {more}")
        if notice.before:
            yield (notice.recipient, "", "", "", f"{count(notice.before, 'fact')} told before")


_SHOWN = 10
_WIDTH = 100
