"""One ``Report`` in, files out: every template and every Python format is a report of its own.

``templates/<name>.<ending>.j2`` is one format of the report ``<name>``; its front comment holds
``title:`` and ``audience:``, and ``per_site: yes`` where a large estate is written as a file for
each site. A format that Jinja cannot write (a spreadsheet, a PDF) is one file
in this folder that ends in ``FORMAT = Format(...)``.
"""

from __future__ import annotations

import difflib
import importlib.util
import re
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from agent import plugins, resources
from agent.errors import UsageError
from agent.files import make_folder, replacing, replacing_bytes
from agent.reports import jinja
from agent.reports.shared import sharing
from agent.reports.sites import by_site, site_files
from agent.reports.summary import summarise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from agent.model import Report

_FILE = re.compile(r"(?P<name>[a-z0-9][a-z0-9-]*)\.(?P<ending>[a-z0-9]+)\.j2")
_FRONT = re.compile(r"\{#-?(?P<text>.*?)-?#\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write one report, as text or, where that is given, as bytes.

    `extra` is the optional dependency it needs, if any, and `module` what that brings. `per_site`:
    a large report gets a file for each site beside this one (:mod:`agent.reports.sites`).
    """

    report: str
    ending: str
    title: str
    audience: str
    write: Callable[[Report, IO[str]], None] | None = None
    write_bytes: Callable[[Report, IO[bytes]], None] | None = None
    extra: str | None = None
    module: str | None = None
    per_site: bool = False

    @property
    def available(self) -> bool:
        """Whether what it needs is installed."""
        return self.module is None or importlib.util.find_spec(self.module) is not None


@dataclass(frozen=True, slots=True)
class ReportKind:
    """A report that can be asked for by name, and the endings it is written with."""

    name: str
    title: str
    audience: str
    endings: tuple[str, ...]
    missing: tuple[tuple[str, str], ...] = ()
    """Endings that are not written, and the extra each of them needs."""


def names(template_dirs: tuple[Path, ...] = ()) -> tuple[ReportKind, ...]:
    """Every report there is, sorted by name, found by looking at what exists."""
    found: dict[str, list[Format]] = {}
    for each in _formats(template_dirs):
        found.setdefault(each.report, []).append(each)
    return tuple(_kind(name, formats) for name, formats in sorted(found.items()))


def render(
    report: Report, name: str, out: Path, template_dirs: tuple[Path, ...] = ()
) -> tuple[Path, ...]:
    """Write every format of the report `name` into `out`; the paths written, sorted.

    Either all files are new and whole, or none was touched. `template_dirs` are searched
    before the templates that come with netcover. A format whose extra is not installed is left
    out; :func:`names` says which.

    :raises UsageError: there is no such report, or a template is wrong.
    :raises OutputError: `out` or a file in it cannot be written.
    """
    formats = [each for each in _formats(template_dirs) if each.report == name]
    if not formats:
        raise UsageError(unknown(name, names(template_dirs)))
    make_folder(out)
    parts: dict[str | None, Report] = {}
    if any(each.per_site for each in formats) and site_files(report, name):
        parts = by_site(report)
    paths = []
    with sharing(), ExitStack() as drafts:
        for each in formats:
            if not each.available:
                continue
            for stem, part in _files(report, parts, each):
                path = out / f"{stem}.{each.ending}"
                if each.write_bytes is not None:
                    each.write_bytes(part, drafts.enter_context(replacing_bytes(path)))
                elif each.write is not None:
                    each.write(part, drafts.enter_context(replacing(path)))
                paths.append(path)
    return tuple(sorted(paths))


def unknown(name: str, kinds: Iterable[ReportKind]) -> str:
    """Say that there is no such report, which one may be meant, and which there are."""
    known = [kind.name for kind in kinds]
    close = difflib.get_close_matches(name, known, n=1)
    meant = f"; did you mean {close[0]!r}?" if close else ";"
    return f"report {name!r} is not known{meant} known: {', '.join(known)}"


def _files(
    report: Report, parts: Mapping[str | None, Report], form: Format
) -> Iterator[tuple[str, Report]]:
    """The files of one format, by name without the ending: the main one, then those of sites."""
    yield form.report, report
    if form.per_site:
        for each in site_files(report, form.report):
            yield each.stem, parts[each.site]


def _kind(name: str, formats: list[Format]) -> ReportKind:
    """Formats of one report as one entry of the list; the first that states a title says it."""
    formats.sort(key=lambda each: each.ending)
    return ReportKind(
        name=name,
        title=next((f.title for f in formats if f.title), name),
        audience=next((f.audience for f in formats if f.audience), "not stated"),
        endings=tuple(f.ending for f in formats if f.available),
        missing=tuple((f.ending, f.extra or "") for f in formats if not f.available),
    )


def _formats(template_dirs: tuple[Path, ...]) -> tuple[Format, ...]:
    """Every format there is; a user's template replaces ours of the same file name."""
    found: dict[tuple[str, str], Format] = {}
    for module in plugins.modules(sys.modules[__name__]):
        form = getattr(module, "FORMAT", None)
        if isinstance(form, Format):
            found[form.report, form.ending] = form
    for folder in template_dirs:
        if not folder.is_dir():
            raise UsageError(
                f"{folder}: no such folder; --templates names one that holds templates"
            )
    searched = (*template_dirs, resources.folder("templates"))
    for folder in reversed(searched):
        for path in sorted(folder.glob("*.j2")):
            match = _FILE.fullmatch(path.name)
            if match and path.is_file():
                found[match["name"], match["ending"]] = _template(path, match, searched)
    return tuple(form for _, form in sorted(found.items()))


def _template(path: Path, match: re.Match[str], searched: tuple[Path, ...]) -> Format:
    def write(report: Report, stream: IO[str]) -> None:
        jinja.write(searched, path.name, stream, report=report, summary=summarise(report))

    front = _front(path)
    return Format(
        report=match["name"],
        ending=match["ending"],
        title=front.get("title", ""),
        audience=front.get("audience", ""),
        write=write,
        per_site=front.get("per_site") == "yes",
    )


def _front(path: Path) -> dict[str, str]:
    """What the comment at the top of a template says about it."""
    with path.open(encoding="utf-8", errors="replace") as file:
        match = _FRONT.match(file.read(2000))
    lines = match["text"].strip().splitlines() if match else []
    pairs = (line.partition(":") for line in lines)
    return {key.strip(): value.strip() for key, colon, value in pairs if colon}
