"""What a login needs, and what a source of it looks like."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a login needs. The secrets never show in a ``repr``.

    `password` is None where a key is all there is.
    """

    username: str
    password: str | None = field(repr=False)
    enable: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ClientKeys:
    """What a client proves itself with beside passwords.

    `private`: a private key in OpenSSH's form, no passphrase left on it. `agent`: the socket of
    an SSH agent.
    """

    private: bytes | None = field(default=None, repr=False)
    agent: str | None = None

    def __bool__(self) -> bool:
        """Whether there is any."""
        return self.private is not None or self.agent is not None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Credentials to look up: the set's name, None for the usual one; and the user, if known."""

    name: str | None = None
    username: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What a source knows of a set; the sources after it may know the rest."""

    username: str | None = None
    password: str | None = field(default=None, repr=False)
    enable: str | None = field(default=None, repr=False)

    def completed(self, by: Part) -> Part:
        """This, with what only `by` knows."""
        return Part(
            self.username or by.username, self.password or by.password, self.enable or by.enable
        )


@dataclass(frozen=True, slots=True)
class Source:
    """One place to look.

    `order`: those with a lower one are asked first. `find` is given the set's name, what is known
    of it, and the path in Vault, if any. `remedy` says in words how to put a set there; None where
    that is not possible now. `asks`: a person; the others are tried before.
    """

    order: int
    find: Callable[[str | None, Part, str | None], Part]
    remedy: Callable[[str | None, str | None], str | None]
    asks: bool = False
