"""What was tried: each attempt with its result, on disk as soon as it ended, and counted.

The file is CSV with the columns ``time,address,port,kind,result``. Its first line is the plan of
the run, its last one says that the run ended; what stands between is everything that was sent. A
``found`` line holds a host as it was judged, so that an interrupted run can go on.
"""

from __future__ import annotations

import csv
import fcntl
import json
import threading
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from agent.discovery.document import host_document, host_of
from agent.discovery.tally import Tally
from agent.errors import OutputError, UsageError
from agent.files import make_folder
from agent.model import Attempt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from typing import TextIO

    from agent.model import Discovered

SCHEMA = "netcover/discovery-journal/1"
COLUMNS = ("time", "address", "port", "kind", "result")
PLAN, FOUND, END = "plan", "found", "end"


class Journal:
    """Notes attempts as they end; may be used from several threads.

    :ivar counts: attempts by kind.
    :ivar tally: attempts by address.
    :ivar tell: called with each attempt.
    """

    def __init__(
        self,
        tally: Tally | None = None,
        file: TextIO | None = None,
        tell: Callable[[Attempt], None] = lambda attempt: None,  # noqa: ARG005
    ) -> None:
        self.counts: Counter[str] = Counter()
        self.tally = tally or Tally()
        self.tell = tell
        self._file = file
        self._rows = csv.writer(file, lineterminator="\n") if file else None
        self._lock = threading.Lock()

    @classmethod
    def begin(cls, path: Path, plan: Mapping[str, Any], tally: Tally) -> Journal:
        """Begin a file anew with the plan of the run.

        :raises OutputError: it cannot be written, or another run is writing it.
        """
        make_folder(path.parent)
        journal = cls(tally, _opened(path, 0))
        journal._write(COLUMNS)
        journal._write((_now(), "", "", PLAN, json.dumps({"schema": SCHEMA, **plan})))
        return journal

    @classmethod
    def again(cls, path: Path, written: Written, tally: Tally) -> Journal:
        """Go on with a file; what it holds is counted. A line that was cut off is dropped.

        :raises OutputError: it cannot be written, or another run is writing it.
        """
        journal = cls(tally, _opened(path, written.whole))
        for attempt in written.attempts():
            journal.counts[attempt.kind] += 1
            tally.add(attempt)
        return journal

    def tried(self, address: str, port: int, kind: str, result: str) -> None:
        """Note that something of `kind` was sent to `address`, and what came of it."""
        attempt = Attempt(address, port, kind, result, datetime.now(UTC))
        with self._lock:
            self.counts[kind] += 1
            self.tally.add(attempt)
            self._write((_spelled(attempt.at), address, port, kind, result))
            self.tell(attempt)

    def found(self, host: Discovered) -> None:
        """Note a host as it was judged; a later note of the same host stands in its place."""
        with self._lock:
            self._write(
                (
                    _now(),
                    host.address or "",
                    host.port or "",
                    FOUND,
                    json.dumps(host_document(host), ensure_ascii=False),
                )
            )

    def end(self) -> None:
        """Note that the run is complete."""
        with self._lock:
            self._write((_now(), "", "", END, ""))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._abandon()

    def _abandon(self) -> None:
        """Close the file; every line is on disk already, or its error was raised."""
        if self._file:
            with suppress(OSError):
                self._file.close()
        self._file = self._rows = None

    def _write(self, row: tuple[object, ...]) -> None:
        if self._rows is None:
            return
        try:
            self._rows.writerow(row)
        except OSError as error:
            self._abandon()
            raise OutputError(f"the journal cannot be written: {error.strerror}") from None


class Written:
    """A journal that was written before.

    :ivar plan: the plan of that run.
    :ivar complete: whether it came to its end.
    :ivar whole: how many characters of it are whole lines.
    """

    def __init__(self, path: Path) -> None:
        """Read the plan and look for the end.

        :raises UsageError: there is no such file, or it is no journal.
        """
        self._path = path
        self.complete = False
        self.plan: dict[str, Any] | None = None
        for row in self._rows():
            if self.plan is None:
                self.plan = _plan(row)
                if self.plan is None:
                    break
            self.complete = row[3] == END
        if self.plan is None:
            raise UsageError(f"{path}: is no journal of a discovery; nothing can go on from it")
        self.whole = _whole(path)

    def attempts(self) -> Iterator[Attempt]:
        """All that was tried.

        :raises UsageError: a line is damaged.
        """
        for time, address, port, kind, result in self._rows():
            if kind in {PLAN, FOUND, END}:
                continue
            try:
                at = datetime.fromisoformat(time)
                yield Attempt(str(ip_address(address)), int(port), kind, result, at)
            except ValueError:
                raise UsageError(
                    f"{self._path}: a line is damaged ({time!r}, {address!r}); begin anew"
                ) from None

    def found(self) -> dict[str, Discovered]:
        """Hosts by address, as they were judged last.

        :raises UsageError: a line is damaged.
        """
        rows = (row for row in self._rows() if row[3] == FOUND)
        try:
            return {row[1]: host_of(json.loads(row[4])) for row in rows}
        except ValueError:
            raise UsageError(f"{self._path}: a 'found' line is damaged; begin anew") from None

    def _rows(self) -> Iterator[list[str]]:
        try:
            with self._path.open(encoding="utf-8", newline="") as file:
                whole = (line for line in file if line.endswith("\n"))
                for row in csv.reader(whole):
                    if len(row) == len(COLUMNS) and tuple(row) != COLUMNS:
                        yield row
        except FileNotFoundError:
            raise UsageError(f"{self._path}: no journal there; nothing was interrupted") from None
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise UsageError(f"{self._path}: cannot be read: {error}") from None


def _opened(path: Path, keep: int) -> TextIO:
    """The file, held for us alone, with its first `keep` octets."""
    file: TextIO | None = None
    try:
        file = path.open("a", encoding="utf-8", newline="", buffering=1)
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        file.truncate(keep)
    except OSError as error:
        if file is not None:
            file.close()
        held = isinstance(error, BlockingIOError)
        why = "another run is writing it" if held else f"cannot be written: {error.strerror}"
        raise OutputError(f"{path}: {why}; name another file with -o") from None
    return file


def _plan(row: list[str]) -> dict[str, Any] | None:
    try:
        found = json.loads(row[4]) if row[3] == PLAN else None
    except ValueError:
        return None
    return found if isinstance(found, dict) and found.get("schema") == SCHEMA else None


def _whole(path: Path) -> int:
    """Where the last whole line of a file ends, in octets."""
    with path.open("rb") as file:
        end = file.seek(0, 2)
        while end > 0:
            start = max(0, end - 65_536)
            file.seek(start)
            place = file.read(end - start).rfind(b"\n")
            if place >= 0:
                return start + place + 1
            end = start
    return 0


def _now() -> str:
    return _spelled(datetime.now(UTC))


def _spelled(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
