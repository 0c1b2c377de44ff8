"""The dates of CISA BOD 26-02 on end-of-support edge devices."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class Bod2602:
    """What has to be done by when; `inventory_months` is how far the inventory looks ahead."""

    issued: date
    inventory: date
    inventory_months: int
    decommission: date
    continuous_discovery: date


@cache
def bod_26_02() -> Bod2602:
    """The dates as they stand in the data file."""
    text = Path(__file__).with_name("bod_26_02.yaml").read_text(encoding="utf-8")
    return Bod2602(**yaml.safe_load(text))
