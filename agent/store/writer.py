"""Saving while a sweep goes on: a thread of its own, and one commit for all that has arrived."""

from __future__ import annotations

import threading
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from agent.model import HostResult
    from agent.store.store import Store

MOST: Final = 100
"""Results in one commit."""
LINGER: Final = 0.25
"""Seconds that a commit waits for others to share it with: each waits for the disk once."""


class Writer:
    """Takes results as they arrive; `told` is called with each one once it is on the disk.

    Results that arrive close together, or while another commit waits for the disk, share one.
    """

    def __init__(self, store: Store, sweep_id: str, told: Callable[[HostResult], None]) -> None:
        self._store = store
        self._sweep_id = sweep_id
        self._told = told
        self._waiting: SimpleQueue[HostResult | None] = SimpleQueue()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def put(self, result: HostResult) -> None:
        """Hand over a result.

        :raises StoreError: one that was handed over before could not be saved.
        """
        self._raise()
        self._waiting.put(result)

    def close(self, within: float | None = None) -> None:
        """Wait until everything handed over is saved; where `within` is set, so many seconds.

        :raises StoreError: it could not be.
        """
        self._waiting.put(None)
        self._thread.join(within)
        self._raise()

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error

    def _work(self) -> None:
        try:
            going_on = True
            while going_on:
                batch, going_on = self._batch()
                if batch:
                    self._store.save_hosts(self._sweep_id, batch)
                for result in batch:
                    self._told(result)
        except BaseException as error:  # noqa: BLE001 - raised again where results come from
            self._error = error

    def _batch(self) -> tuple[list[HostResult], bool]:
        """What has arrived, at least one result, and whether more may come."""
        batch: list[HostResult] = []
        entry = self._waiting.get()
        end = monotonic() + LINGER
        while entry is not None:
            batch.append(entry)
            if len(batch) == MOST:
                return batch, True
            try:
                entry = self._waiting.get(timeout=max(0.0, end - monotonic()))
            except Empty:
                return batch, True
        return batch, False
