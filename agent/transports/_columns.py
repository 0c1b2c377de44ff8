"""Reading columns of a table by GETBULK, with whatever client asks the agent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from agent.errors import HostFailureError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from agent.platforms._walk import Oid

CELLS = 100
"""Variables of one GETBULK; an agent sends as many rows as its datagram holds."""
ROWS = 200_000
"""No table of a device is longer; an agent that goes on is running in a circle."""


class Bulk(Protocol):
    """Sends one GETBULK."""

    def bulk(self, oids: Sequence[Oid], repetitions: int) -> list[tuple[Oid, str | None]] | None:
        """What follows each of `oids`, row by row; None where that is too big for the agent."""


def table(client: Bulk, columns: Sequence[Oid]) -> list[tuple[Oid, str]]:
    """Every value below `columns`, all columns that go on asked for in one GETBULK.

    A column ends where the agent leaves it, or repeats itself.

    :raises HostFailureError: no answer, a refusal, or a value that is too big for the agent.
    """
    return _read(client, {column: column for column in columns}, {}, CELLS)


def beyond(
    client: Bulk, last: Mapping[Oid, Oid], found: Mapping[Oid, str]
) -> list[tuple[Oid, str]]:
    """`found`, and what follows the last value of each column, which should be nothing.

    :raises HostFailureError: no answer, a refusal, or a value that is too big for the agent.
    """
    return _read(client, dict(last), dict(found), len(last))


def _read(
    client: Bulk, last: dict[Oid, Oid], found: dict[Oid, str], cells: int
) -> list[tuple[Oid, str]]:
    most = len(found) + ROWS * len(last)
    while last and len(found) < most:
        open_columns = list(last)
        repetitions = max(1, cells // len(open_columns))
        answer = client.bulk([last[column] for column in open_columns], repetitions)
        if answer is None:
            if repetitions > 1:
                cells = max(1, repetitions * len(open_columns) // 4)
                continue
            if len(open_columns) == 1:
                raise HostFailureError("connection_lost", "one value is too big for the agent")
            # One row of all columns is too much: ask for one column after the other.
            return [*found.items(), *_singly(client, last)]
        if not answer:
            break
        for place, (oid, value) in enumerate(answer):
            column = open_columns[place % len(open_columns)]
            if column not in last:
                continue
            if value is None or oid[: len(column)] != column or oid in found:
                del last[column]
            else:
                found[oid] = value
                last[column] = oid
    return list(found.items())


def _singly(client: Bulk, last: dict[Oid, Oid]) -> Iterable[tuple[Oid, str]]:
    """What is left of each column, asked for by itself."""
    for column, oid in last.items():
        yield from ((o, v) for o, v in table(client, (column,)) if o > oid)
