"""What stands at the start of a line, in a text that is searched as a whole."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self


@dataclass(frozen=True, slots=True)
class LineStart:
    """A pattern that is found only where a line begins, blanks before it left out.

    It looks for the line feed before the line. A search skips to a known character some ten times
    as fast as it asks of every character whether a line begins there, as ``^`` makes it do.
    """

    pattern: re.Pattern[str]

    @classmethod
    def of(cls, form: str, flags: re.RegexFlag = re.NOFLAG) -> Self:
        """The regular expression `form` at the start of a line; ``$`` is the end of one."""
        return cls(re.compile(rf"\n[ \t]*(?:{form})", flags | re.MULTILINE))

    def search(self, text: str) -> re.Match[str] | None:
        """The first place; its groups are those of the form."""
        return self.pattern.search(f"\n{text}")

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Every place."""
        return self.pattern.finditer(f"\n{text}")
