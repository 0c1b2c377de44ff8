"""Sentences, and numbers with their nouns, as people write them."""

from __future__ import annotations


def count(number: int, noun: str, plural: str | None = None) -> str:
    """`number` with its noun: 1 host, 2 hosts, 0 entries.

    >>> count(1, "host"), count(2, "host"), count(0, "entry", "entries")
    ('1 host', '2 hosts', '0 entries')
    """
    return f"{number} {noun if number == 1 else plural or f'{noun}s'}"


def sentence(text: str) -> str:
    """The text beginning with a capital; the rest as it is, so that serials stay serials."""
    return text[:1].upper() + text[1:]
