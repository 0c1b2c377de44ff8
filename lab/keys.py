"""The lab's host keys: the same at every start, so that a known_hosts file stays right.

They are derived from a sentence and protect nothing: everybody who reads this has them.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING

import asyncssh
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateNumbers,
    RSAPublicNumbers,
    rsa_crt_dmp1,
    rsa_crt_dmq1,
    rsa_crt_iqmp,
)
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

EXPONENT = 65537
# How far the next prime is from the number that a sentence gives; found once, by searching.
TO_PRIME = {"first": (1488, 390), "replaced": (16, 504)}


@cache
def host_keys(which: str = "first") -> list[asyncssh.SSHKey]:
    """An Ed25519 and an RSA key; ``replaced`` gives those of a device that was exchanged."""
    seed = hashlib.sha256(f"netcover lab {which}".encode()).digest()
    return [_imported(Ed25519PrivateKey.from_private_bytes(seed)), _imported(_rsa(which))]


def _rsa(which: str) -> RSAPrivateKey:
    p, q = (
        _number(f"netcover lab {which} {letter}") + distance
        for letter, distance in zip("pq", TO_PRIME[which], strict=True)
    )
    d = pow(EXPONENT, -1, (p - 1) * (q - 1))
    public = RSAPublicNumbers(EXPONENT, p * q)
    return RSAPrivateNumbers(
        p, q, d, rsa_crt_dmp1(d, p), rsa_crt_dmq1(d, q), rsa_crt_iqmp(p, q), public
    ).private_key()


def _number(sentence: str) -> int:
    """An odd number of 1024 bits, the first two of them set."""
    digest = hashlib.shake_256(sentence.encode()).digest(128)
    return int.from_bytes(digest, "big") | (3 << 1022) | 1


def _imported(key: Ed25519PrivateKey | RSAPrivateKey) -> asyncssh.SSHKey:
    return asyncssh.import_private_key(
        key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    )
