"""What can be wrong with the lab, in words a user can act on."""

from __future__ import annotations


class LabError(Exception):
    """The lab cannot run."""


class EstateError(LabError):
    """The estate file is wrong; one line for each thing to mend, with file, host and key."""
