"""Cisco's APIs: what was asked, and what came back as content or as a typed problem.

One file per service. A client returns the documents as the service sends them; the readers in
:mod:`agent.sources` make records of them, the same as from files.
"""
