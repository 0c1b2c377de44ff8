"""The sandbox every template runs in: strict, escaping, streaming, without clock or chance."""

from __future__ import annotations

import io
import traceback
from datetime import date
from typing import IO, TYPE_CHECKING

from jinja2 import (
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateSyntaxError,
    pass_eval_context,
)
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from agent import resources
from agent.errors import UsageError
from agent.reports import escaping
from agent.reports.audit import STATES, audit
from agent.reports.executive import executive
from agent.reports.fixes import ACTIONS, fixes
from agent.reports.page import page
from agent.reports.patching import HEADLINE_WORDS
from agent.reports.renewal import package
from agent.reports.sites import site_files
from agent.reports.summary import input_words
from agent.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jinja2 import Template
    from jinja2.nodes import EvalContext

    from agent.model import Report
    from agent.reports.summary import Summary

_CHUNK = 4_000
"""Characters that are gathered before they are written, whatever the estate's size."""

_LONGEST = 1_000_000
"""Characters, items or bits that one multiplication or power in a template may make."""


def write(
    searched: tuple[Path, ...], name: str, stream: IO[str], *, report: Report, summary: Summary
) -> None:
    """Stream the template `name`, the first found in `searched`, into `stream`.

    Half a character, as a broken capture can hold, is written as its escape.

    :raises UsageError: the template is wrong; the message names it and the line.
    """
    for chunk in _chunks(searched, name, report=report, summary=summary):
        stream.write(chunk.encode("utf-8", "backslashreplace").decode())


def _chunks(
    searched: tuple[Path, ...], name: str, *, report: Report, summary: Summary
) -> Iterator[str]:
    try:
        template = _template(searched, name)
        waiting = io.StringIO()
        for event in template.generate(report=report, summary=summary):
            waiting.write(event)
            if waiting.tell() >= _CHUNK:
                yield waiting.getvalue()
                waiting = io.StringIO()
        yield waiting.getvalue()
    except TemplateError as error:
        raise UsageError(f"{_place(error, name)}: {error.message or error}") from error
    except Exception as error:
        # What a user's template does wrong is the user's to mend; in ours it is our mistake.
        place = _place(error, name)
        if place.startswith(str(resources.folder("templates"))) or isinstance(error, UsageError):
            raise
        raise UsageError(f"{place}: {type(error).__name__}: {error}") from error


def _template(searched: tuple[Path, ...], name: str) -> Template:
    """Read and compile a template.

    :raises UsageError: it is no text.
    """
    try:
        return _environment(searched).get_template(name)
    except UnicodeDecodeError as error:
        raise UsageError(f"{name}: not a readable text file (UTF-8): {error}") from error


class _Sandbox(ImmutableSandboxedEnvironment):
    """No attribute that leads out, no change of what it is given, no clock, no endless text."""

    intercepted_binops = frozenset({"*", "**"})

    def is_safe_callable(self, obj: object) -> bool:
        """Refuse, beside what Jinja refuses, methods of a date that read the clock."""
        owner = getattr(obj, "__self__", None)
        reads_the_clock = isinstance(owner, type) and issubclass(owner, date)
        return not reads_the_clock and super().is_safe_callable(obj)

    def call_binop(self, context: object, operator: str, left: object, right: object) -> object:
        """Refuse a product or a power that would fill the memory."""
        if _size(operator, left, right) > _LONGEST:
            raise SecurityError(f"the result of {operator!r} would be too long")
        return super().call_binop(context, operator, left, right)  # type: ignore[arg-type]


def _size(operator: str, left: object, right: object) -> int:
    """About how long the result of an operator is."""
    if operator == "**":
        return left.bit_length() * right if isinstance(left, int) and isinstance(right, int) else 0
    for text, times in ((left, right), (right, left)):
        if isinstance(text, str | bytes | list | tuple) and isinstance(times, int):
            return len(text) * times
    return 0


def _environment(searched: tuple[Path, ...]) -> ImmutableSandboxedEnvironment:
    environment = _Sandbox(
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
    environment.filters["audit"] = audit
    environment.filters["executive"] = executive
    environment.filters["fixes"] = fixes
    environment.filters["site_files"] = site_files
    environment.filters["input_words"] = input_words
    environment.filters["control_words"] = STATES.__getitem__
    environment.filters["action_words"] = ACTIONS.__getitem__
    environment.filters["headline_words"] = lambda headline: HEADLINE_WORDS[headline][1]
    environment.filters["standing"] = lambda headline: HEADLINE_WORDS[headline][0]
    environment.filters["page"] = page
    del environment.filters["random"]
    del environment.globals["lipsum"]
    return environment


@pass_eval_context
def _readable(context: EvalContext, value: object) -> object:
    """A value as a page shows it: dates as ISO, None as nothing, control characters visible."""
    if not context.autoescape or isinstance(value, Markup):
        return value
    return visible(escaping.spelt(value))


def _place(error: Exception, name: str) -> str:
    """File and line of a mistake in a template, as well as they are known."""
    if isinstance(error, TemplateSyntaxError):
        return f"{error.filename or name}:{error.lineno}"
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.endswith(".j2")]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else name
