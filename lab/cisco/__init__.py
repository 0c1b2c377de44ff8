"""The lab's Cisco: token, EoX, SN2INFO, products, suggestions, openVuln, CX Cloud over HTTPS.

It answers from the estate's declared truth and the example contracts and EoX dates, in the shapes
that are documented, and does wrong what it is told to (:mod:`lab.cisco.faults`).
"""

from lab.cisco.faults import KINDS, Fault, parse_fault
from lab.cisco.knowledge import Knowledge, know
from lab.cisco.server import CiscoLab

__all__ = ["KINDS", "CiscoLab", "Fault", "Knowledge", "know", "parse_fault"]
