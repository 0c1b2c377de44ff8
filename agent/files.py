"""Writing results so that nothing is ever half-written: a temporary file beside it, then rename."""

from __future__ import annotations

import io
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from agent.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@contextmanager
def replacing(path: Path) -> Iterator[IO[str]]:
    """Open a temporary text file that takes the place of `path` once all of it is on disk.

    :raises OutputError: the folder or the file cannot be written, or the disk is full.
    """
    with replacing_bytes(path) as raw:
        text = io.TextIOWrapper(raw, encoding="utf-8", newline="", write_through=True)
        yield text
        text.flush()
        text.detach()


@contextmanager
def replacing_bytes(path: Path) -> Iterator[IO[bytes]]:
    """Open a temporary file that takes the place of `path` once all of it is on disk.

    :raises OutputError: the folder or the file cannot be written, or the disk is full.
    """
    make_folder(path.parent)
    if path.is_dir():
        raise OutputError(f"{path}: is a folder; name a file")
    temporary: Path | None = None
    try:
        with tempfile.NamedTemporaryFile(
            "wb",
            dir=path.parent,
            prefix=f".{path.name}.",
            delete=False,
        ) as file:
            temporary = Path(file.name)
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
        temporary = None
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror or error}") from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def write(path: Path, pieces: Iterable[str]) -> None:
    """Write the text that `pieces` make up to `path`, whole or not at all.

    :raises OutputError: as :func:`replacing`.
    """
    with replacing(path) as file:
        file.writelines(pieces)


def make_folder(folder: Path) -> None:
    """Make `folder` and its parents.

    :raises OutputError: it cannot be made, or a file stands in its place.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise OutputError(f"{folder}: is a file; name a folder with --out") from None
    except OSError as error:
        raise OutputError(f"{folder}: cannot be made: {error.strerror or error}") from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
