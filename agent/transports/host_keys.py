"""Host keys of SSH: what a known_hosts file says of a host, and what becomes of another key.

One object owns the file (:class:`KnownHosts`); sessions, in whatever process, only carry what it
says of their host (:class:`Trust`) and report a key that is new.
"""

from __future__ import annotations

import base64
import binascii
import fcntl
import hashlib
import hmac
import os
import re
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING, Final, Literal

from agent.errors import HostFailureError, OutputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
Policy = Literal["strict", "accept-new", "ignore"]
SSH_PORT: Final = 22
_NOT_PLAIN = frozenset("*?!|")
_HASHED = re.compile(r"\|1\|([A-Za-z0-9+/]{27}=)\|([A-Za-z0-9+/]{27}=)")
"""A salt and an HMAC with SHA-1, each 20 bytes."""
_KEY_LINE_FIELDS: Final = 2


@dataclass(frozen=True, slots=True)
class HostKey:
    """A public key: its algorithm, and the rest as a known_hosts file writes it."""

    algorithm: str
    data: str

    @classmethod
    def of(cls, algorithm: str, blob: bytes) -> HostKey:
        """The key that travels as `blob`."""
        return cls(algorithm, base64.b64encode(blob).decode())

    @property
    def fingerprint(self) -> str:
        """As ``ssh-keygen -l`` prints it."""
        digest = hashlib.sha256(base64.b64decode(self.data)).digest()
        return f"{self.algorithm} SHA256:{base64.b64encode(digest).decode().rstrip('=')}"


@dataclass(frozen=True, slots=True)
class Known:
    """A key of a known_hosts file, or of this sweep (no line); `revoked` ones are never taken."""

    key: HostKey
    line: int | None
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class Trust:
    """What is known of one host, and what to do with another key. `name`: as the file writes it."""

    policy: Policy
    name: str
    file: str = ""
    known: tuple[Known, ...] = ()

    def judge(self, key: HostKey) -> bool:
        """Whether `key` is new, and to be noted; it may be trusted, or this raises.

        :raises HostFailureError: ``hostkey``: it changed, was revoked, or is not known.
        """
        if self.policy == "ignore":
            return False
        if any(known.revoked and known.key == key for known in self.known):
            reason = f"not logged in: {self.name} shows {key.fingerprint}, revoked in {self.file}"
            raise HostFailureError("hostkey", reason)
        good = [known for known in self.known if not known.revoked]
        if any(known.key == key for known in good):
            return False
        if good:
            raise HostFailureError("hostkey", self._changed(key, good))
        if self.policy == "strict":
            raise HostFailureError(
                "hostkey",
                f"not logged in: {self.name} shows {key.fingerprint}, which {self.file} does not"
                " have; compare it on the console, then add it there, or set host_keys ="
                ' "accept-new"',
            )
        return True

    @property
    def algorithms(self) -> frozenset[str]:
        """The algorithms of the known keys, to be asked for before others."""
        return frozenset(known.key.algorithm for known in self.known if not known.revoked)

    def _changed(self, key: HostKey, good: list[Known]) -> str:
        """Say what changed, where, and what to do; of several known keys, by the one alike."""
        alike = [known for known in good if known.key.algorithm == key.algorithm]
        known = (alike or good)[0]
        where = f"line {known.line}" if known.line else "(noted in this sweep)"
        return (
            f"host key changed, not logged in: {self.name} shows {key.fingerprint},"
            f" {self.file} {where} has {known.key.fingerprint}; find out who answers there; if the"
            " device was replaced, remove that line and sweep again"
        )


_noted: dict[tuple[str, str], HostKey] = {}
"""Keys that this process took as new: a host that is called again must show the same."""


def is_new(trust: Trust, key: HostKey) -> bool:
    """Whether `key` is new, and to be noted in the file.

    :raises HostFailureError: as :meth:`Trust.judge`.
    """
    place = trust.file, trust.name
    if not trust.known and place in _noted:
        trust = replace(trust, known=(Known(_noted[place], None),))
    new = trust.judge(key)
    if new:
        _noted[place] = key
    return new


UNCHECKED: Final = Trust("ignore", "")
"""For whoever looks at no host key."""


def name_of(address: str, port: int) -> str:
    """A host as a known_hosts file writes it."""
    return address if port == SSH_PORT else f"[{address}]:{port}"


class KnownHosts:
    """A known_hosts file: read once, asked for each host, appended to by this process alone.

    Hashed names, patterns and revoked keys are understood; certificates of hosts are not used.
    """

    def __init__(self, path: Path, policy: Policy) -> None:
        self._path = path
        self._policy = policy
        self._lock = Lock()
        self._plain: dict[str, list[Known]] = {}
        self._other: list[tuple[Callable[[str], bool], Known]] = []
        self._lines = 0
        if policy != "ignore":
            self._read()

    def trust(self, address: str, port: int) -> Trust:
        """What is known of a host now."""
        name = name_of(address, port)
        if self._policy == "ignore":
            return Trust(self._policy, name)
        with self._lock:
            known = [*self._plain.get(name, ())]
        known += [each for means, each in self._other if means(name)]
        return Trust(self._policy, name, str(self._path), tuple(known))

    def add(self, name: str, key: HostKey) -> None:
        """Note a new key, at the end of the file, in one write under a lock.

        :raises OutputError: it cannot be written.
        """
        with self._lock:
            if any(known.key == key for known in self._plain.get(name, ())):
                return
            self._append(f"{name} {key.algorithm} {key.data}\n")
            self._lines += 1
            self._plain.setdefault(name, []).append(Known(key, self._lines))

    def _append(self, line: str) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                end = file.seek(0, os.SEEK_END)
                if end and os.pread(file.fileno(), 1, end - 1) != b"\n":
                    line = f"\n{line}"
                file.write(line.encode())
        except OSError as error:
            raise OutputError(
                f"{self._path}: a new host key cannot be noted: {error.strerror}; name another"
                ' file with known_hosts, or set host_keys = "ignore"'
            ) from None

    def _read(self) -> None:
        try:
            text = self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            text = ""
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{self._path}: not readable as known_hosts: {error}") from None
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip() and not line.lstrip().startswith("#"):
                self._take(number, line.split())
            self._lines = number

    def _take(self, number: int, fields: list[str]) -> None:
        marker = fields.pop(0) if fields[0].startswith("@") else ""
        names, *rest = fields or [""]
        plain = _NOT_PLAIN.isdisjoint(names)
        means = None if plain else _meaning(names)
        if len(rest) < _KEY_LINE_FIELDS or not _is_key(*rest[:2]) or not (plain or means):
            raise UsageError(
                f"{self._path}: line {number}: not a line of known_hosts; mend it or remove it"
            )
        if marker == "@cert-authority":
            return
        known = Known(HostKey(rest[0], rest[1]), number, revoked=marker == "@revoked")
        if means is None:
            for name in names.split(","):
                self._plain.setdefault(name, []).append(known)
        else:
            self._other.append((means, known))


def _is_key(algorithm: str, data: str) -> bool:
    """Whether the data is that of a key, which begins with the name of its algorithm."""
    try:
        blob = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return False
    return blob[4 : 4 + len(algorithm)] == algorithm.encode()


def _meaning(names: str) -> Callable[[str], bool] | None:
    return _hashed(names) if names.startswith("|") else _patterns(names)


def _hashed(text: str) -> Callable[[str], bool] | None:
    """Whether a name is the one that is written as salt and HMAC; None where that is broken."""
    match = _HASHED.fullmatch(text)
    if match is None:
        return None
    salt, digest = base64.b64decode(match[1]), base64.b64decode(match[2])
    return lambda name: hmac.compare_digest(hmac.digest(salt, name.encode(), "sha1"), digest)


def _patterns(text: str) -> Callable[[str], bool]:
    """Whether a name meets one of the patterns with ``*`` and ``?``, none that ``!`` excludes."""
    good: list[re.Pattern[str]] = []
    bad: list[re.Pattern[str]] = []
    for pattern in text.split(","):
        plain = re.escape(pattern.removeprefix("!")).replace(r"\*", ".*").replace(r"\?", ".")
        (bad if pattern.startswith("!") else good).append(re.compile(plain))
    return lambda name: (
        any(p.fullmatch(name) for p in good) and not any(p.fullmatch(name) for p in bad)
    )
