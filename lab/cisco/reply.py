"""What a service of the lab's Cisco answers: a status and content."""

from __future__ import annotations

from typing import Any, TypeAlias

Reply: TypeAlias = tuple[int, dict[str, Any]]
