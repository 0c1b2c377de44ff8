"""Telling people: facts of a report, a rule set that says who is told what, and ways to tell.

:mod:`facts` finds what there is to tell, :mod:`choice` who is told of it, one file in
:mod:`channels` is one way, :mod:`deliver` sends and keeps account: nothing is told twice.
"""
