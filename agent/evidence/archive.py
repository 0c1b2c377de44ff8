"""A zip whose manifest names every file with its hash, and the signature over that manifest.

``SHA256SUMS`` lets anybody check the files without netcover; the signature is plain Ed25519 over
the bytes of ``manifest.json``. Equal content gives equal bytes.
"""

from __future__ import annotations

import hashlib
import zipfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from cryptography.exceptions import InvalidSignature
from pydantic import BaseModel, ConfigDict, ValidationError

from agent.errors import UsageError
from agent.files import replacing_bytes
from agent.packs import EPOCH, MANIFEST, SIGNATURE, UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )

SUMS = "SHA256SUMS"
_PIECE = 1 << 20
_LARGEST = 256 << 20
"""Bytes of a manifest; a million files need about 150 MB."""


class BundleError(UsageError):
    """A bundle cannot be made, or is not what it was when it was made."""


class Member(BaseModel):
    """One file of a bundle; `size` in bytes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    sha256: str
    size: int


class Manifest(BaseModel):
    """What a bundle says of itself.

    `reread`: hosts whose raw outputs this netcover read otherwise than the sweep did, each with the
    difference in words. `raw_left_out`: hosts whose raw outputs are not in the bundle.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_name: Literal["netcover/bundle/1"] = "netcover/bundle/1"
    netcover: str
    sweep: str
    as_of: str
    run_day: str
    reports: tuple[str, ...]
    redacted: bool
    reread: tuple[str, ...]
    raw_left_out: tuple[str, ...]
    members: tuple[Member, ...] = ()


class Archive:
    """A bundle that is being written: add files, then close it with its manifest."""

    def __init__(self, opened: zipfile.ZipFile) -> None:
        self._zip = opened
        self.members: list[Member] = []

    def add(self, name: str, pieces: Iterable[bytes]) -> str:
        """Write one file; its SHA-256."""
        digest, size = hashlib.sha256(), 0
        with self._zip.open(_info(name), "w", force_zip64=True) as member:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                member.write(piece)
        self.members.append(Member(name=name, sha256=digest.hexdigest(), size=size))
        return digest.hexdigest()

    def add_file(self, name: str, path: Path) -> str:
        """Write the content of a file; its SHA-256."""
        with path.open("rb") as file:
            return self.add(name, iter(lambda: file.read(_PIECE), b""))

    def close(self, manifest: Manifest, key: Ed25519PrivateKey | None) -> Manifest:
        """Write sums, manifest and signature; the manifest with all its members."""
        members = sorted(self.members, key=lambda member: member.name)
        sums = "".join(f"{member.sha256}  {member.name}\n" for member in members)
        self.add(SUMS, [sums.encode()])
        members = sorted(self.members, key=lambda member: member.name)
        whole = manifest.model_copy(update={"members": tuple(members)})
        text = whole.model_dump_json(indent=1).encode()
        self._zip.writestr(_info(MANIFEST), text)
        if key is not None:
            self._zip.writestr(_info(SIGNATURE), key.sign(text))
        return whole


@contextmanager
def writing(path: Path) -> Iterator[Archive]:
    """Open a bundle that stands at `path` once it is whole.

    :raises OutputError: the file cannot be written, or the disk is full.
    """
    with replacing_bytes(path) as file, zipfile.ZipFile(file, "w") as opened:
        yield Archive(opened)


class Bundle:
    """A bundle of which every file is what its manifest says."""

    def __init__(self, archive: zipfile.ZipFile, manifest: Manifest, *, signed: bool) -> None:
        self._archive = archive
        self.manifest = manifest
        self.signed = signed
        self.names = frozenset(member.name for member in manifest.members)

    def read(self, name: str) -> bytes:
        """The content of one file."""
        return self._archive.read(name)

    def lines(self, name: str) -> Iterator[bytes]:
        """One file line by line, without holding it; nothing where the bundle has no such file."""
        if name in self.names:
            with self._archive.open(name) as member:
                yield from member


@contextmanager
def verified(path: Path, key: Ed25519PublicKey | None) -> Iterator[Bundle]:
    """Open a bundle, once every hash and, with `key`, its signature are right.

    :raises BundleError: it is none, was changed, or was not signed with this key.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (*UNREADABLE, OSError) as error:
        raise BundleError(f"{path}: is no bundle that can be read: {_words(error)}") from None
    with archive:
        try:
            bundle = _checked(path, archive, key)
        except (*UNREADABLE, OSError, ValueError) as error:
            raise BundleError(f"{path}: was changed or is damaged: {_words(error)}") from None
        yield bundle


def _checked(path: Path, archive: zipfile.ZipFile, key: Ed25519PublicKey | None) -> Bundle:
    infos = {info.filename: info for info in archive.infolist()}
    if len(infos) != len(archive.infolist()):
        raise BundleError(f"{path}: names a file twice; it was changed after it was made")
    if MANIFEST not in infos:
        raise BundleError(f"{path}: is no bundle: it has no {MANIFEST}")
    with archive.open(infos[MANIFEST]) as member:
        text = member.read(_LARGEST)
    if key is not None:
        _check_signature(path, archive, infos.keys(), text, key)
    try:
        manifest = Manifest.model_validate_json(text)
    except ValidationError as error:
        reason = error.errors()[0]["msg"]
        raise BundleError(
            f"{path}: its manifest is damaged or of another netcover: {reason}"
        ) from None
    named = {member.name for member in manifest.members}
    if len(named) != len(manifest.members):
        raise BundleError(f"{path}: its manifest names a file twice")
    if others := sorted((infos.keys() - {MANIFEST, SIGNATURE}) ^ named):
        raise BundleError(f"{path}: {others[0]} is missing, or is not in the manifest")
    for each in manifest.members:
        _check_member(path, archive, each)
    return Bundle(archive, manifest, signed=key is not None)


def _check_signature(
    path: Path, archive: zipfile.ZipFile, names: Iterable[str], text: bytes, key: Ed25519PublicKey
) -> None:
    if SIGNATURE not in names:
        raise BundleError(f"{path}: is not signed; leave --key out to check its hashes alone")
    with archive.open(SIGNATURE) as member:
        signature = member.read(1024)
    try:
        key.verify(signature, text)
    except InvalidSignature:
        raise BundleError(
            f"{path}: the signature is not of this key: it was changed, or made by another"
        ) from None


def _check_member(path: Path, archive: zipfile.ZipFile, member: Member) -> None:
    digest, size = hashlib.sha256(), 0
    try:
        with archive.open(member.name) as file:
            while (piece := file.read(_PIECE)) and size <= member.size:
                digest.update(piece)
                size += len(piece)
    except UNREADABLE as error:
        raise BundleError(f"{path}: {member.name} was changed: {_words(error)}") from None
    if size != member.size or digest.hexdigest() != member.sha256:
        raise BundleError(f"{path}: {member.name} was changed after the bundle was made")


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info


def _words(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
