"""The lab's sources of truth: NetBox and Nautobot as their APIs answer, over HTTPS on loopback."""

from lab.cmdb.server import TOKEN, CmdbLab, Fault
from lab.cmdb.shelf import Entry, entries

__all__ = ["TOKEN", "CmdbLab", "Entry", "Fault", "entries"]
