"""What tests of sources of truth ask."""

from datetime import UTC, datetime

from agent.inventory._source import Asked
from agent.settings import InventorySettings

TAKEN = datetime(2026, 11, 24, 8, tzinfo=UTC)


def asked(path=None, now=(), **settings):
    return Asked(InventorySettings(**settings), TAKEN, path, tuple(now))
