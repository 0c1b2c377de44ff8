"""Whom a scan probes: prefixes, ranges, names and lists of them, each address once."""

from __future__ import annotations

import socket
from bisect import bisect_right
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from ipaddress import IPv4Network, ip_address, ip_network
from pathlib import Path
from typing import TYPE_CHECKING

from agent.discovery.scope import MOST_NAMED, Scope, plain, prefix
from agent.discovery.spans import Spans, span
from agent.errors import ScopeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from agent.discovery.spans import Address, Span

MOST_ADDRESSES = 1 << 26
"""A /8 has a quarter of these; each takes one byte for every port."""
MOST_IPV6 = 1 << 16
"""A /112; a larger range of IPv6 is empty but for a few, and would never end."""
RESOLVERS = 32

_NO_HOST = Spans.of(
    span(ip_network(text))
    for text in ("0.0.0.0/8", "224.0.0.0/3", "ff00::/8", "::/128", "::ffff:0:0/96")
)
"""This network, multicast and reserved addresses, none, mapped ones: no host is there."""


@dataclass(frozen=True, slots=True)
class Targets:
    """Whom a scan probes.

    `prefixes` are the ranges of more than one address, as they were given. `names` tells by which
    names an address was listed. `networks` are network and broadcast addresses of the prefixes,
    `excluded` what was asked for and excluded; neither is ever probed. `unresolved` are names
    that have no address, each with the reason.
    """

    spans: Spans
    prefixes: tuple[Span, ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    networks: Spans = field(default_factory=Spans)
    excluded: Spans = field(default_factory=Spans)
    unresolved: tuple[tuple[str, str], ...] = ()

    def prefix(self, place: int) -> int:
        """A number for the prefix whose rate the address at `place` shares.

        That is the narrowest that was given; addresses that were listed alone share that of their
        /24 or /64.
        """
        address = self.spans[place]
        version, value = address.version, int(address)
        number = bisect_right(self.prefixes, (version, value, 1 << 128)) - 1
        while number >= 0 and self.prefixes[number][0] == version:
            if self.prefixes[number][1] <= value <= self.prefixes[number][2]:
                return number
            number -= 1
        return -1 - (value >> (8 if version == 4 else 64))  # noqa: PLR2004


@dataclass(frozen=True, slots=True)
class _Word:
    """Something that was listed: the addresses it stands for, or a name to be looked up."""

    text: str
    where: str
    part: Span | None = None
    listed: bool = False

    @property
    def led(self) -> str:
        return f"{self.where}{self.text}"


def resolved(name: str) -> tuple[Address, ...]:
    """Every address of a name.

    :raises OSError: it has none.
    """
    answers = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    return tuple(sorted({plain(ip_address(str(a[4][0]))) for a in answers}, key=_order))


def _order(address: Address) -> tuple[int, int]:
    return address.version, int(address)


def plan(
    words: Sequence[str],
    exclude: Sequence[str] = (),
    allow: Sequence[str] = (),
    fence: Sequence[str] = (),
    resolve: Callable[[str], tuple[Address, ...]] = resolved,
) -> tuple[Scope, Targets]:
    """Whom to probe, and whom anything at all may be sent to.

    A word is a prefix, a range ``192.0.2.1-192.0.2.9``, a host name, or a file of such. `fence` is
    the allow-list of the site, beyond which nothing else can allow. `allow` and the prefixes among
    `words` narrow it, or stand in its place where there is none.

    :raises ScopeError: a word is malformed or outside the allow-list, or there is no such list.
    """
    given = list(_words(words))
    barred = list(_words(exclude, "--exclude "))
    site = Spans.of(span(prefix(text, "[discovery] allow")) for text in fence)
    wanted = [span(prefix(text, "--allow")) for text in allow]
    own = [word.part for word in given if word.part and not word.listed]
    allowed = Spans.of([*wanted, *own]) if wanted or own else site
    if not allowed.parts:
        raise ScopeError(
            "no allow-list: name the prefixes that may be probed, as arguments, with --allow, or"
            " under [discovery] allow; nothing was sent"
        )
    if fence:
        _require_inside(allowed, site, "[discovery] allow")
    unresolved: dict[str, str] = {}
    names = _look_up([w for w in (*given, *barred) if w.part is None], resolve, unresolved)
    excluded = Spans.of(part for word in barred for part in _parts(word, names))
    scope = Scope(allowed, excluded)
    for word in given:
        for part in _parts(word, names):
            _check(word, part, scope)
    asked = Spans.of(part for word in given for part in _parts(word, names))
    networks = Spans.of(edge for word in given for edge in _edges(word))
    spans = asked.minus(networks).minus(excluded)
    if spans.size > MOST_ADDRESSES:
        raise ScopeError(
            f"{spans.size} addresses are too many for one scan; at most {MOST_ADDRESSES}"
            " (four /8): name smaller prefixes"
        )
    wide = {word.part for word in given if word.part and word.part[1] < word.part[2]}
    called = {(str(a), word.text) for word in given if not word.part for a in names[word.text]}
    return scope, Targets(
        spans=spans,
        prefixes=tuple(sorted(wide, key=lambda part: (part[0], part[1], -part[2]))),
        names=tuple(sorted(called)),
        networks=asked.minus(asked.minus(networks)),
        excluded=asked.minus(networks).minus(spans),
        unresolved=tuple(sorted(unresolved.items())),
    )


def _words(texts: Iterable[str], where: str = "") -> Iterable[_Word]:
    for text in texts:
        path = Path(text)
        if _there(path, Path.is_file):
            yield from _listed(path)
        elif text and _there(path, Path.is_dir):
            raise ScopeError(f"{where}{text}: is a folder; name a file with a host on each line")
        else:
            yield _word(text, where, listed=False)


def _there(path: Path, found: Callable[[Path], bool]) -> bool:
    try:
        return found(path)
    except OSError:  # the name is too long for a file
        return False


def _listed(path: Path) -> Iterable[_Word]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ScopeError(
            f"{path}: cannot be read as a list of hosts: {error}; one to a line, in UTF-8"
        ) from None
    for number, line in enumerate(lines, 1):
        words = line.split("#", 1)[0].split()
        if len(words) > 1:
            raise ScopeError(f"{path}:{number}: more than one word; write one host to a line")
        if words:
            yield _word(words[0], f"{path}:{number}: ", listed=True)


def _word(text: str, where: str, *, listed: bool) -> _Word:
    first, dash, last = text.partition("-")
    if dash and _is_address(first):
        return _Word(text, where, _range(first, last, f"{where}{text}"), listed)
    if "/" in text or ":" in text or text.replace(".", "").isdigit():
        if "/" in text and not _is_address(text.partition("/")[0]):
            raise ScopeError(f"{where}{text}: no such file, and no prefix")
        return _Word(text, where, span(prefix(text, where.rstrip(": "))), listed)
    if text.endswith(".txt"):
        raise ScopeError(f"{where}{text}: no such file")
    if not _NAME_PARTS.issuperset(text) or not 0 < len(text) < 254:  # noqa: PLR2004 - RFC 1035
        raise ScopeError(f"{where}{text!r}: is no prefix, no range, no file and no host name")
    return _Word(text, where, None, listed)


_NAME_PARTS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._")


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _range(first: str, last: str, led: str) -> Span:
    try:
        start, end = ip_address(first), ip_address(last)
    except ValueError:
        raise ScopeError(f"{led}: is no range; write it as 192.0.2.1-192.0.2.9") from None
    if start.version != end.version or int(start) > int(end):
        raise ScopeError(f"{led}: does not go from a lower to a higher address")
    return start.version, int(start), int(end)


def _look_up(
    words: Sequence[_Word],
    resolve: Callable[[str], tuple[Address, ...]],
    unresolved: dict[str, str],
) -> dict[str, tuple[Address, ...]]:
    """The addresses of each name; none where `unresolved` says why."""

    def one(name: str) -> tuple[Address, ...]:
        try:
            return resolve(name)
        except (OSError, UnicodeError) as error:
            unresolved[name] = f"does not resolve: {getattr(error, 'strerror', None) or error}"
            return ()

    names = sorted({word.text for word in words})
    with ThreadPoolExecutor(RESOLVERS) as several:
        return dict(zip(names, several.map(one, names), strict=True))


def _parts(word: _Word, names: dict[str, tuple[Address, ...]]) -> Iterable[Span]:
    return (word.part,) if word.part else map(span, names[word.text])


def _edges(word: _Word) -> Iterable[Span]:
    """The network and broadcast addresses of an IPv4 prefix; a /31 and a /32 have none."""
    if not word.part or "/" not in word.text:
        return
    network = ip_network(word.text)
    if isinstance(network, IPv4Network) and network.prefixlen < 31:  # noqa: PLR2004 - RFC 3021
        yield span(network.network_address)
        yield span(network.broadcast_address)


def _check(word: _Word, part: Span, scope: Scope) -> None:
    """Refuse what may not, or cannot, be probed.

    :raises ScopeError: naming the word, and the file and line it stands in.
    """
    here = Spans.of([part])
    outside = here.minus(scope.allow)
    if outside.parts:
        raise ScopeError(f"{word.led}: {scope.refusal(outside[0])}; nothing was sent")
    if here.minus(_NO_HOST) != here:
        raise ScopeError(f"{word.led}: holds multicast or reserved addresses; no host is there")
    if part[0] == 6 and here.size > MOST_IPV6:  # noqa: PLR2004
        raise ScopeError(
            f"{word.led}: an IPv6 range above a /112 ({MOST_IPV6} addresses) is not probed: almost"
            " all of it is empty; list the hosts, or walk from one with --from"
        )


def _require_inside(allowed: Spans, fence: Spans, called: str) -> None:
    outside = allowed.minus(fence)
    if outside.parts:
        words = ", ".join(outside.words()[:MOST_NAMED])
        raise ScopeError(
            f"{words}: outside {called} ({', '.join(fence.words()[:MOST_NAMED])}), the allow-list"
            " of the site; nothing was sent"
        )
