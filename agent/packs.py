"""Data packs: what the store knows, in one signed file, for where no API can be reached.

A pack is a zip of JSON lines with a manifest of their SHA-256, and an Ed25519 signature over the
manifest. Nothing of a pack is looked at before its signature and every hash are right.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from agent import model
from agent.errors import OutputError, UsageError, said
from agent.model import (
    Advisory,
    ContractLine,
    CoverStatement,
    Evidence,
    FirstFixed,
    Kev,
    Milestones,
    PatchMapping,
    TrainMilestones,
)
from agent.sources.service_levels import TABLE
from agent.store import ImportFile, ImportSummary
from agent.store.rows import Basis, Extent  # noqa: TC001 - pydantic reads the annotations

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from agent.store import Store

MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
SERVICE_LEVELS = "service_levels.yaml"
LARGEST = 64 << 20
"""Bytes of a manifest; what it says of its members limits those."""
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
EPOCH = (1980, 1, 1, 0, 0, 0)  # equal content gives equal bytes

Kind: TypeAlias = Literal[
    "contracts", "eox", "advisories", "first_fixed", "kev", "patch_map", "service_levels"
]
ADVISORIES: tuple[Literal["advisories", "first_fixed", "kev", "patch_map"], ...] = (
    "advisories",
    "first_fixed",
    "kev",
    "patch_map",
)

_TYPES: dict[str, Any] = {
    each.__name__: each
    for each in (
        Milestones,
        TrainMilestones,
        ContractLine,
        CoverStatement,
        Advisory,
        FirstFixed,
        Kev,
        PatchMapping,
    )
}


class PackError(UsageError):
    """A pack cannot be made, or must not be used."""


class Member(BaseModel):
    """One file of a pack: what it holds, where that came from, and when it was true."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    kind: Kind
    source: str
    sha256: str
    size: int
    rows: int
    data_date: date | None
    basis: Basis
    extent: Extent
    sites: tuple[str, ...]
    form: str | None


class Manifest(BaseModel):
    """What a pack says of itself."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    schema_name: Literal["netcover/pack/1"] = "netcover/pack/1"
    created: datetime
    netcover: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack whose signature and hashes are right."""

    manifest: Manifest
    contents: Mapping[str, bytes]


# ------------------------------------------------------------------------------------- keys


def make_keys(private: Path, public: Path) -> None:
    """Write a new key pair; the private one for its owner alone.

    :raises OutputError: a file is there already, or cannot be written.
    """
    key = Ed25519PrivateKey.generate()
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    open_part = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    for path, content, mode in ((private, secret, 0o600), (public, open_part, 0o644)):
        try:
            path.touch(mode=mode, exist_ok=False)
            path.write_bytes(content)
        except FileExistsError:
            raise OutputError(f"{path}: is there already; keys are never overwritten") from None
        except OSError as error:
            raise OutputError(f"{path}: cannot be written: {error.strerror or error}") from None


def private_key(path: Path) -> Ed25519PrivateKey:
    """The key that signs.

    :raises PackError: the file holds none.
    """
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise PackError(f"{path}: cannot be read: {said(error)}") from None
    except (ValueError, TypeError):
        raise PackError(
            f"{path}: holds no private key without a passphrase; make one with"
            " 'netcover pack keygen'"
        ) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise PackError(f"{path}: is no Ed25519 key; make one with 'netcover pack keygen'")
    return key


def public_key(path: Path) -> Ed25519PublicKey:
    """The key that a pack has to be signed for.

    :raises PackError: the file holds none.
    """
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except OSError as error:
        raise PackError(f"{path}: cannot be read: {said(error)}") from None
    except ValueError:
        raise PackError(
            f"{path}: holds no public key; ask the maker of the pack for the .pub file"
        ) from None
    if not isinstance(key, Ed25519PublicKey):
        raise PackError(f"{path}: is no Ed25519 key; ask the maker of the pack for the right one")
    return key


# ------------------------------------------------------------------------------------- make


def make(
    store: Store, key: Ed25519PrivateKey, created: datetime, version: str, *, contracts: bool
) -> tuple[Manifest, bytes]:
    """The manifest and the bytes of a pack of everything current in the store.

    :raises PackError: there is nothing to pack.
    """
    made = [*_eox(store), *_advisories(store)]
    if contracts:
        made += _contracts(store)
    if not made:
        raise PackError("the store holds nothing to pack; import or sync something first")
    levels = TABLE.read_bytes().splitlines(keepends=True)
    made.append(_member(SERVICE_LEVELS, "service_levels", None, levels))
    members = sorted(made, key=lambda pair: pair[0].name)
    manifest = Manifest(
        created=created.astimezone(UTC), netcover=version, members=tuple(m for m, _ in members)
    )
    text = manifest.model_dump_json(indent=1).encode()
    files = {MANIFEST: text, SIGNATURE: key.sign(text)}
    files |= {member.name: content for member, content in members}
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, EPOCH), content, zipfile.ZIP_DEFLATED)
    return manifest, packed.getvalue()


_Made: TypeAlias = "tuple[Member, bytes]"


def _eox(store: Store) -> Iterator[_Made]:
    yield from _by_file(store, "eox", [*store.milestones(), *store.trains()])


def _contracts(store: Store) -> Iterator[_Made]:
    yield from _by_file(store, "contracts", [*store.lines(), *store.statements()])


def _by_file(store: Store, kind: Kind, records: Iterable[Any]) -> Iterator[_Made]:
    """One member for each file that the records came from, which is as old as that file is."""
    known = {(file.name, file.sha256): file for file in store.files() if file.kind == kind}
    found: dict[ImportFile, list[bytes]] = {}
    for record in records:
        file = known[record.evidence.source, record.evidence.sha256]
        found.setdefault(file, []).append(_line("", record))
    yield from _members(kind, found)


def _advisories(store: Store) -> Iterator[_Made]:
    for kind in ADVISORIES:
        found: dict[ImportFile, list[bytes]] = {}
        for file, form, record in store.advisory_records(kind):
            found.setdefault(file, []).append(_line(form, record))
        yield from _members(kind, found)


def _members(kind: Kind, found: Mapping[ImportFile, Sequence[bytes]]) -> Iterator[_Made]:
    for number, file in enumerate(sorted(found, key=lambda f: (f.name, f.sha256)), start=1):
        yield _member(f"{kind}/{number:03d}.jsonl", kind, file, found[file])


def _member(name: str, kind: Kind, file: ImportFile | None, lines: Sequence[bytes]) -> _Made:
    content = b"".join(lines)
    member = Member(
        name=name,
        kind=kind,
        source=file.name if file else name,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        rows=len(lines),
        data_date=file.data_date if file else None,
        basis=file.basis if file else "declared",
        extent=file.extent if file else "contracts",
        sites=file.sites if file else (),
        form=file.form if file else None,
    )
    return member, content


def _line(form: str, record: Any) -> bytes:  # noqa: ANN401 - a record of the model
    name = type(record).__name__
    content = _adapter(name).dump_python(record, mode="json")
    return json.dumps({"type": name, "form": form, "record": content}).encode() + b"\n"


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    adapter: TypeAdapter[Any] = TypeAdapter(_TYPES[name])
    # The model imports this name for type checkers only; pydantic has to be told.
    adapter.rebuild(_types_namespace={**vars(model), "Decimal": Decimal})
    return adapter


# ----------------------------------------------------------------------------------- verify


def verify(path: Path, key: Ed25519PublicKey) -> Pack:
    """The pack in a file, once its signature and every hash are right.

    :raises PackError: it is none, was not signed with this key, or was changed.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _verified(path, archive, key)
    except OSError as error:
        raise PackError(f"{path}: cannot be read: {said(error)}") from None
    except UNREADABLE as error:
        raise PackError(f"{path}: is no whole pack: {error}; fetch it again") from None


def _verified(path: Path, archive: zipfile.ZipFile, key: Ed25519PublicKey) -> Pack:
    infos = {info.filename: info for info in archive.infolist()}
    if len(infos) != len(archive.infolist()) or not {MANIFEST, SIGNATURE} <= infos.keys():
        raise PackError(f"{path}: is no pack: it has no manifest, or names a file twice")
    text = _read(archive, infos[MANIFEST], LARGEST)
    try:
        key.verify(_read(archive, infos[SIGNATURE], 1024), text)
    except InvalidSignature:
        raise PackError(
            f"{path}: the signature is not of this key: the pack was changed, or made by another"
        ) from None
    try:
        manifest = Manifest.model_validate_json(text)
    except ValidationError as error:
        raise PackError(f"{path}: from another netcover: {error.errors()[0]['msg']}") from None
    named = {member.name for member in manifest.members}
    if others := sorted(infos.keys() ^ (named | {MANIFEST, SIGNATURE})):
        raise PackError(f"{path}: {others[0]} is missing, or is not in the manifest")
    contents = {}
    for member in manifest.members:
        content = _read(archive, infos[member.name], member.size)
        if hashlib.sha256(content).hexdigest() != member.sha256:
            raise PackError(f"{path}: {member.name} was changed after the pack was signed")
        contents[member.name] = content
    return Pack(manifest, contents)


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    """A member's content; of one that unpacks to more than it may, one byte too many."""
    with archive.open(info) as member:
        return member.read(most + 1)


# ----------------------------------------------------------------------------------- import


def take(
    store: Store, pack: Pack, moment: datetime, *, allow_older: bool = False
) -> dict[str, ImportSummary]:
    """Take a pack into the store; what changed, by member.

    :raises PackError: it is older than the one imported last, and that is not allowed.
    """
    before = _last(store)
    created = pack.manifest.created
    if before and created < before and not allow_older:
        raise PackError(
            f"the pack is of {created:%Y-%m-%d %H:%M} and one of {before:%Y-%m-%d %H:%M} was"
            " imported already; import it with --allow-older"
        )
    done = {}
    for member in pack.manifest.members:
        if member.kind != "service_levels":
            done[member.name] = _take(store, member, pack.contents[member.name], moment)
    if before is None or created > before:
        store.save_answer("pack", ["latest"], created, pack.manifest.model_dump_json())
    return done


def _last(store: Store) -> datetime | None:
    earliest = datetime(1970, 1, 1, tzinfo=UTC)
    return max((answer.fetched for answer in store.answers("pack", earliest)), default=None)


def _take(store: Store, member: Member, content: bytes, moment: datetime) -> ImportSummary:
    rows = [json.loads(line) for line in content.splitlines()]
    found = [(row["form"], _adapter(row["type"]).validate_python(row["record"])) for row in rows]
    file = ImportFile(
        name=member.source,
        sha256=member.sha256,
        imported=moment,
        data_date=member.data_date,
        basis=member.basis,
        extent=member.extent,
        sites=member.sites,
        kind="advisories" if member.kind in ADVISORIES else member.kind,  # type: ignore[arg-type]
        form=member.form,
    )
    if member.kind in ADVISORIES:
        done = store.import_advisories(file, found)
        return sum(done.values(), start=ImportSummary(0, 0, 0))
    records = [_from_pack(record, member, n) for n, (_, record) in enumerate(found, start=1)]
    if member.kind == "eox":
        return store.import_milestones(file, records)
    return store.import_lines(file, records)


def _from_pack(record: Any, member: Member, number: int) -> Any:  # noqa: ANN401 - a record
    """The record with its place in the pack; where it was before stays in words."""
    origin = record.evidence
    place = f"{member.name} line {number}: {origin.command} of {origin.sha256[:12]}"
    return replace(record, evidence=Evidence(member.source, place, origin.collected, member.sha256))


def equals_installed(pack: Pack) -> bool | None:
    """Whether the pack's service levels are those of this installation; None where it has none."""
    content = pack.contents.get(SERVICE_LEVELS)
    return None if content is None else content == TABLE.read_bytes()
