"""Every source of truth as a Nornir inventory plugin: ``netcover``, for scripts of your own.

InitNornir(inventory={"plugin": "netcover", "options": {"source": "netbox", "url": ...}})
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic import ValidationError

from agent.errors import SettingsError
from agent.inventory.chosen import SIMPLE, choose, listing
from agent.inventory.listed import inventory_of
from agent.inventory.simple import load_inventory
from agent.settings import InventorySettings

if TYPE_CHECKING:
    from nornir.core.inventory import Inventory


class SourceInventory:
    """Takes the keys of ``[inventory]`` in netcover.toml as options.

    :raises SettingsError: an option is not known, or wrong.
    """

    def __init__(self, **options: object) -> None:
        try:
            self._settings = InventorySettings.model_validate(options)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise SettingsError(f"inventory option {where}: {first['msg']}") from None

    def load(self) -> Inventory:
        """The hosts in service. One that cannot be reached says why under ``unusable``.

        :raises UsageError: the source cannot be read.
        """
        chosen = choose(None, self._settings)
        if chosen.name == SIMPLE and chosen.path:
            return load_inventory(chosen.path).inventory
        found = listing(chosen, self._settings, datetime.now(UTC))
        return inventory_of(found, self._settings.statuses)
