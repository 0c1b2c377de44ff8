"""The sandbox every template runs in: strict, escaping, streaming, without clock or chance."""

from __future__ import annotations

import traceback
from typing import IO, TYPE_CHECKING

from jinja2 import (
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateSyntaxError,
    pass_eval_context,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from agent.errors import UsageError
from agent.reports import escaping
from agent.reports.renewal import package
from agent.terminal import visible

if TYPE_CHECKING:
    from pathlib import Path

    from jinja2.nodes import EvalContext

    from agent.model import Report
    from agent.reports.summary import Summary

_CHUNK = 200
"""Template events joined before they are written: a few kilobytes, whatever the estate's size."""


def write(
    searched: tuple[Path, ...], name: str, stream: IO[str], *, report: Report, summary: Summary
) -> None:
    """Stream the template `name`, the first found in `searched`, into `stream`.

    Half a character, as a broken capture can hold, is written as its escape.

    :raises UsageError: the template is wrong; the message names it and the line.
    """
    try:
        template = _environment(searched).get_template(name)
        events = template.stream(report=report, summary=summary)
        events.enable_buffering(_CHUNK)
        for chunk in events:
            stream.write(chunk.encode("utf-8", "backslashreplace").decode())
    except TemplateError as error:
        raise UsageError(f"{_place(error, name)}: {error.message or error}") from error


def _environment(searched: tuple[Path, ...]) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(searched),
        autoescape=lambda name: name is not None and ".html" in name,
        undefined=StrictUndefined,
        finalize=_readable,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(escaping.FILTERS)
    environment.filters["package"] = package
    del environment.filters["random"]
    del environment.globals["lipsum"]
    return environment


@pass_eval_context
def _readable(context: EvalContext, value: object) -> object:
    """A value as a page shows it: dates as ISO, None as nothing, control characters visible."""
    if not context.autoescape or isinstance(value, Markup):
        return value
    return visible(escaping.spelt(value))


def _place(error: TemplateError, name: str) -> str:
    """File and line of a mistake in a template, as well as they are known."""
    if isinstance(error, TemplateSyntaxError):
        return f"{error.filename or name}:{error.lineno}"
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.endswith(".j2")]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else name
