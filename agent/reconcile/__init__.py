"""Joining what was seen with what is paid for and what is known: every unit becomes one asset."""

from agent.reconcile.assets import reconcile

__all__ = ["reconcile"]
