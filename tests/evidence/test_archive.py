"""The signed zip: what was changed is found, whatever it is."""

import hashlib
import io
import random
import shutil
import subprocess
import zipfile
from functools import partial

import pytest

from agent.errors import OutputError
from agent.evidence import archive
from agent.evidence.archive import BundleError, Manifest
from agent.packs import make_keys, private_key, public_key

MANIFEST = Manifest(
    netcover="0", sweep="s", as_of="2026-11-24", run_day="2026-11-24", reports=(), redacted=False,
    reread=(), raw_left_out=(),
)  # fmt: skip
FILES = {"raw/a.txt": b"show version\r\n" * 40, "findings.json": b"{}\n", "empty": b""}


@pytest.fixture
def keys(tmp_path):
    make_keys(tmp_path / "k.key", tmp_path / "k.pub")
    return private_key(tmp_path / "k.key"), public_key(tmp_path / "k.pub")


def write(path, key=None, files=FILES):
    with archive.writing(path) as made:
        for name, content in files.items():
            made.add(name, [content[:7], content[7:]])
        return made.close(MANIFEST, key)


def test_what_was_written_is_read(tmp_path, keys):
    whole = write(tmp_path / "b.zip", keys[0])
    with archive.verified(tmp_path / "b.zip", keys[1]) as bundle:
        assert bundle.signed
        assert bundle.manifest == whole
        assert {name: bundle.read(name) for name in FILES} == FILES
        assert b"".join(bundle.lines("raw/a.txt")) == FILES["raw/a.txt"]
        assert list(bundle.lines("none")) == []


def test_equal_content_gives_equal_bytes(tmp_path, keys):
    write(tmp_path / "b.zip", keys[0])
    write(tmp_path / "c.zip", keys[0])
    assert (tmp_path / "b.zip").read_bytes() == (tmp_path / "c.zip").read_bytes()


def test_it_can_be_checked_without_netcover(tmp_path, keys):
    write(tmp_path / "b.zip", keys[0])
    with zipfile.ZipFile(tmp_path / "b.zip") as opened:
        opened.extractall(tmp_path / "out")
    run = partial(subprocess.run, cwd=tmp_path / "out", check=True, capture_output=True)
    run([shutil.which("sha256sum"), "-c", "SHA256SUMS"])
    if not shutil.which("openssl"):
        pytest.skip("needs openssl")
    run(
        [shutil.which("openssl"), "pkeyutl", "-verify", "-pubin", "-inkey", tmp_path / "k.pub",
         "-rawin", "-in", "manifest.json", "-sigfile", "manifest.sig"],
    )  # fmt: skip


def test_a_changed_byte_is_found_wherever_it_is(tmp_path, keys):
    """Some bytes of a zip carry nothing: what is read then is what was written."""
    path = tmp_path / "b.zip"
    write(path, keys[0])
    whole = path.read_bytes()
    chosen = random.Random(5)
    words = []
    for place in {*range(0, len(whole), 7), *(chosen.randrange(len(whole)) for _ in range(60))}:
        changed = bytearray(whole)
        changed[place] ^= 1 << chosen.randrange(8)
        path.write_bytes(changed)
        try:
            with archive.verified(path, keys[1]) as bundle:
                assert {name: bundle.read(name) for name in FILES} == FILES
        except BundleError as error:
            words.append(str(error))
    assert len(words) > 150
    assert not any("\n" in text for text in words)


def rewritten(path, change):
    """The zip at `path` with `change` made to its files."""
    with zipfile.ZipFile(path) as opened:
        files = {name: opened.read(name) for name in opened.namelist()}
    change(files)
    with zipfile.ZipFile(path, "w") as opened:
        for name, content in files.items():
            opened.writestr(name, content)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: f.update({"raw/a.txt": b"other"}), "raw/a.txt was changed"),
        (lambda f: f.update({"raw/a.txt": f["raw/a.txt"] + b"x"}), "raw/a.txt was changed"),
        (lambda f: f.pop("findings.json"), "findings.json is missing"),
        (lambda f: f.update({"more": b""}), "more is missing, or is not in the manifest"),
        (lambda f: f.pop("manifest.json"), "no manifest.json"),
        (lambda f: f.pop("manifest.sig"), "is not signed"),
        (lambda f: f.update({"manifest.json": b"{}"}), "signature is not of this key"),
    ],
)
def test_what_was_changed_is_named(tmp_path, keys, change, words):
    write(tmp_path / "b.zip", keys[0])
    rewritten(tmp_path / "b.zip", change)
    with pytest.raises(BundleError, match=words), archive.verified(tmp_path / "b.zip", keys[1]):
        pass


def test_hashes_made_to_fit_are_betrayed_by_the_signature(tmp_path, keys):
    write(tmp_path / "b.zip", keys[0])

    def forge(files):
        before = hashlib.sha256(files["findings.json"]).hexdigest()
        files["findings.json"] = b"[]\n"
        after = hashlib.sha256(files["findings.json"]).hexdigest()
        files["manifest.json"] = files["manifest.json"].replace(before.encode(), after.encode())

    rewritten(tmp_path / "b.zip", forge)
    with archive.verified(tmp_path / "b.zip", None) as bundle:
        assert not bundle.signed
    with (
        pytest.raises(BundleError, match="signature"),
        archive.verified(tmp_path / "b.zip", keys[1]),
    ):
        pass


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip at all", None])
def test_what_is_no_bundle(tmp_path, content):
    path = tmp_path / "b.zip"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BundleError, match="no bundle"), archive.verified(path, None):
        pass


def test_a_name_that_stands_twice(tmp_path):
    write(tmp_path / "b.zip")
    buffer = io.BytesIO((tmp_path / "b.zip").read_bytes())
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(buffer, "a") as opened:
        opened.writestr("findings.json", "{}\n")
    (tmp_path / "b.zip").write_bytes(buffer.getvalue())
    with pytest.raises(BundleError, match="twice"), archive.verified(tmp_path / "b.zip", None):
        pass


def test_nothing_half_written_stays(tmp_path):
    def broken():
        yield b"one"
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"), archive.writing(tmp_path / "b.zip") as made:
        made.add("a", broken())
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").touch()
    with pytest.raises(OutputError):
        write(tmp_path / "file" / "b.zip")
