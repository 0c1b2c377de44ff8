"""Can it still be patched: hardware, software stream and entitlement of each unit; the next fix.

Three answers about a unit (:mod:`hardware`, :mod:`stream`, :mod:`entitlement`) give its headline
(:mod:`headline`). What an advisory means for a running release is its outcome (:mod:`matching`);
outcome and posture give the verdict (:mod:`verdict`) and the deadline (:mod:`deadlines`). All of it
is pure: the day, the policy and the data are arguments.
"""

from agent.posture.assessment import Assessment, assess_posture
from agent.posture.declared import Declared
from agent.posture.facts import Facts

__all__ = ["Assessment", "Declared", "Facts", "assess_posture"]
