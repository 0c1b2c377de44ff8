"""Contract vehicles from a data file: ours, or one that the site keeps itself."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from agent.errors import SourceError
from agent.model import Vehicle

OURS = Path(__file__).with_name("vehicles.yaml")


class VehicleRow(BaseModel):
    """One vehicle as the file states it, checked."""

    model_config = ConfigDict(extra="forbid")

    name: str
    aliases: tuple[str, ...] = ()
    holder: str | None = None
    fee: str | None = None
    needs: tuple[str, ...] = ()


def read_vehicles(path: Path | None = None) -> tuple[Vehicle, ...]:
    """Every vehicle of the file, by name; of ours where none is given.

    :raises SourceError: the file cannot be read, or an entry is not whole.
    """
    file = path or OURS
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        rows = TypeAdapter(list[VehicleRow]).validate_python(content)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SourceError(f"{file}: not a readable YAML file: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise SourceError(f"{file}: entry {where}: {first['msg']}") from None
    return tuple(sorted((Vehicle(**row.model_dump()) for row in rows), key=lambda v: v.name))
