"""The renewal: what to keep, drop and add, the day all lines meet on, and what it costs.

:mod:`true_up` and :mod:`eligibility` say what is to be planned, :mod:`course` how one line reaches
an anniversary, :mod:`candidates` which days are tried and how they compare, :mod:`renewal` puts
the plan together. All of it is pure; days are dates without a time.
"""

from agent.plan.renewal import Inputs, Parameters, renewal_plan

__all__ = ["Inputs", "Parameters", "renewal_plan"]
