"""The evidence package: what was printed, what was imported, what was asked, and what follows.

:mod:`bundle` writes it, :mod:`archive` is the signed zip itself and checks it, :mod:`replay`
derives everything again and compares, :mod:`redact` renames what must not leave the site.
"""
