"""JSON that an API answered, saved as a file: its objects as rows, and its nine ways to say no."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from pydantic import ValidationError

from agent.errors import SourceError
from agent.model import Doubt, Evidence, Rejected
from agent.sources import Column, SourceFile, cells
from agent.sources.dated import collected, data_date
from agent.sources.records import Facts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from agent.sources import Declared

Item: TypeAlias = "Mapping[str, Any]"  # an API's object; each source checks what it takes from it
Made: TypeAlias = "Callable[[Item, Facts], Iterable[Any]]"

_ERRORS = ("ErrorResponse", "EOXError", "APIError", "errorCode", "reason", "message")


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON file's content and its hash."""

    name: str
    sha256: str
    content: Any


def load(path: Path) -> Answer:
    """The content of a JSON file.

    :raises SourceError: it cannot be read, or is no JSON.
    """
    try:
        found = path.stat()
        return _load(path, found.st_mtime_ns, found.st_size)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror or error}") from None


@lru_cache(maxsize=2)
def _load(path: Path, _modified: int, _size: int) -> Answer:
    raw = path.read_bytes()
    try:
        content = json.loads(raw)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise SourceError(f"{path}: is no whole JSON: {error}; fetch it again") from None
    return Answer(path.name, hashlib.sha256(raw).hexdigest(), _one(content))


def _one(content: Any) -> Any:  # noqa: ANN401 - JSON
    """Pages that were saved as a list, as one answer."""
    if not isinstance(content, list) or not all(isinstance(page, dict) for page in content):
        return content
    lists = {key for page in content for key, value in page.items() if isinstance(value, list)}
    merged: dict[str, list[object]] = {key: [] for key in sorted(lists)}
    for page in content:
        for key in merged:
            merged[key] += page[key] if isinstance(page.get(key), list) else []
    return merged or content


def holds(path: Path, is_ours: Callable[[Item], bool]) -> bool:
    """Whether a file is JSON of the shape asked for."""
    if path.suffix.lower() != ".json" or not path.is_file():
        return False
    content = load(path).content
    return isinstance(content, Mapping) and is_ours(content)


def objects(content: Item, key: str) -> list[Item]:
    """The objects under a key, whether there is a list of them, one, or none."""
    found = content.get(key)
    found = found if isinstance(found, list) else [found]
    return [each for each in found if isinstance(each, Mapping)]


def refusal(content: object) -> str | None:
    """What an error body says, or None where the content is none."""
    if not isinstance(content, Mapping):
        return None
    for key in _ERRORS:
        if key in content and not any(isinstance(content.get(k), list) for k in content):
            return json.dumps(content[key])[:200]
    return None


def read_objects(
    path: Path,
    form: str,
    found: Sequence[Item],
    make: Made,
    declared: Declared,
    *,
    taken: Mapping[str, str],
) -> SourceFile[Any]:
    """Records made of a file's objects, in their order; `make` may raise ValidationError.

    `taken` says what each key is taken for, as a dry run shows it.

    Pages of answers speak of single units: a contract may go on on the next page.

    :raises SourceError: it cannot be read, or columns are declared for it.
    """
    cells.check_format(declared.date_format)
    if declared.columns:
        raise SourceError(f"{path}: --map: an answer has no columns; import it without")
    answer = load(path)
    day, basis = data_date(path, declared)
    when = collected(day, basis)

    def rows() -> Iterator[Any]:
        for number, item in enumerate(found, start=1):
            evidence = Evidence(answer.name, f"item {number}", when, answer.sha256)
            try:
                for made in make(item, Facts(declared.date_format, evidence, day)):
                    yield Doubt(answer.name, number, made) if isinstance(made, str) else made
            except ValidationError as error:
                yield Rejected(answer.name, number, _reasons(error), _cells(item, keys))
            except ValueError as error:
                yield Rejected(answer.name, number, str(error), _cells(item, keys))

    keys = tuple(dict.fromkeys(key for item in found for key in item))
    return SourceFile(
        name=answer.name,
        sha256=answer.sha256,
        form=form,
        columns=tuple(Column(key, taken.get(key)) for key in keys),
        rows=rows,
        extent="units",
        data_date=day,
        basis=basis,
        sites=declared.sites,
    )


def _cells(item: Item, keys: tuple[str, ...]) -> tuple[str, ...]:
    """An object as a row of a table; what lies deeper stays JSON."""
    values = (item.get(key) for key in keys)
    return tuple(json.dumps(v) if isinstance(v, (list, dict)) else text(v) for v in values)


def _reasons(error: ValidationError) -> str:
    said = []
    for problem in error.errors():
        text = str(problem["ctx"]["error"]) if "ctx" in problem else problem["msg"]
        said.append(f"{problem['loc'][0]}: {text}" if problem["loc"] else text)
    return "; ".join(said)


def text(value: object) -> str:
    """A JSON value as a cell; nothing for null."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def day_of(milliseconds: object) -> str:
    """The day of a time in milliseconds since 1970, in UTC; nothing for null."""
    if milliseconds is None or milliseconds == "":
        return ""
    if not isinstance(milliseconds, (int, float)):
        return str(milliseconds)
    return datetime.fromtimestamp(milliseconds / 1000, UTC).date().isoformat()


def named(item: Item, keys: Mapping[str, str]) -> dict[str, str]:
    """Cells by field, of an object whose keys are given by field; absent ones are left out."""
    return {field: text(item[key]) for field, key in keys.items() if key in item}
