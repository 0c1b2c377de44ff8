"""Fields that the JSON forms share: days, severities, and what to say where a record is wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from agent.model import SEVERITIES

if TYPE_CHECKING:
    from pydantic import ValidationError

    from agent.model import Severity

_SEVERITIES: dict[str, Severity] = {name: name for name in SEVERITIES}
_OTHER_WORDS = {"informational": "info", "none": "info"}  # SIR and CVSS


def _utc(moment: datetime) -> datetime:
    """Records without an offset state UTC."""
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return aware.replace(microsecond=0)


Moment = Annotated[datetime, AfterValidator(_utc)]


class Part(BaseModel):
    """A part of a document: what is not named here may be there and is not looked at."""

    model_config = ConfigDict(extra="ignore", frozen=True)


def severity(text: str | None) -> Severity | None:
    """The severity a record states; None where it states none of the known ones."""
    word = (text or "").strip().lower()
    return _SEVERITIES.get(_OTHER_WORDS.get(word, word))


def wrong(error: ValidationError) -> str:
    """Say where a record is wrong, first problem first."""
    first, more = error.errors()[0], error.error_count() - 1
    where = ".".join(str(part) for part in first["loc"]) or "the record"
    said = first["msg"].split(" or instance of ")[0].lower()
    return f"{where}: {said}" + (f" (and {more} more)" if more else "")
