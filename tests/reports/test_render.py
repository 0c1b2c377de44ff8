"""Files: golden, the same twice, whole or not there, found by looking."""

import errno
import os
import sys
from pathlib import Path

import pytest

from agent import plugins, reports
from agent.errors import OutputError, UsageError
from agent.reports import Format, names, render

TEXTS = ("csv", "html", "json", "md")
ENDINGS = ("csv", "html", "json", "jsonl", "md", "xlsx")


@pytest.mark.parametrize("ending", TEXTS)
def test_golden(report, ending, tmp_path, golden):
    render(report, "coverage", tmp_path)
    name = f"coverage.{ending}"
    golden((tmp_path / name).read_text(), Path(__file__).parent / "golden" / name)


def test_same_bytes_twice(report, tmp_path):
    first = render(report, "coverage", tmp_path / "one")
    second = render(report, "coverage", tmp_path / "two")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_paths_written_are_returned(report, tmp_path):
    paths = render(report, "coverage", tmp_path / "not" / "there" / "yet")
    assert [path.name for path in paths] == [f"coverage.{ending}" for ending in ENDINGS]
    assert {path.name for path in paths[0].parent.iterdir()} == {path.name for path in paths}


def test_listing():
    kinds = {kind.name: kind for kind in names()}
    kind = kinds["coverage"]
    assert (kind.title, kind.endings, kind.missing) == ("Coverage", ENDINGS, ())
    assert "auditors" in kind.audience


def test_a_new_template_is_a_new_report(report, tmp_path):
    (tmp_path / "sites.txt.j2").write_text(
        "{#-\ntitle: Sites\naudience: the help desk\n-#}\n"
        "{% for site in summary.sites %}\n{{ site.name }} {{ site.coverage.units }}\n{% endfor %}\n"
    )
    kinds = {kind.name: kind for kind in names((tmp_path,))}
    assert (kinds["sites"].title, kinds["sites"].audience) == ("Sites", "the help desk")
    (path,) = render(report, "sites", tmp_path / "out", (tmp_path,))
    assert path.read_text() == "north 6\nsouth 3\nwest 0\n"


def test_own_template_stands_before_ours(report, tmp_path):
    (tmp_path / "coverage.md.j2").write_text("{{ report.as_of }}\n")
    render(report, "coverage", tmp_path / "out", (tmp_path,))
    assert (tmp_path / "out" / "coverage.md").read_text() == "2026-03-02\n"
    assert (tmp_path / "out" / "coverage.html").stat().st_size > 10_000


def test_python_format(report, tmp_path, monkeypatch):
    def write(it, stream):
        stream.write(f"{len(it.assets)}\n")

    module = type(sys)("count")
    module.FORMAT = Format("count", "txt", "Count", "nobody", write)
    found = plugins.modules
    monkeypatch.setattr(plugins, "modules", lambda package: (*found(package), module))
    kind = next(kind for kind in names() if kind.name == "count")
    assert kind.endings == ("txt",)
    assert render(report, "count", tmp_path)[0].read_text() == f"{len(report.assets)}\n"


def test_a_format_whose_extra_is_not_installed_is_named_and_left_out(report, tmp_path, monkeypatch):
    def write(it, stream):
        stream.write(bytes(len(it.assets)))

    module = type(sys)("sizes")
    needs = {"extra": "sizes", "module": "no_such_module"}
    module.FORMAT = Format("coverage", "bin", "", "", write_bytes=write, **needs)
    found = plugins.modules
    monkeypatch.setattr(plugins, "modules", lambda package: (*found(package), module))
    kind = next(kind for kind in names() if kind.name == "coverage")
    assert (kind.endings, kind.missing) == (ENDINGS, (("bin", "sizes"),))
    assert [path.suffix for path in render(report, "coverage", tmp_path)] == [
        f".{ending}" for ending in ENDINGS
    ]
    module.FORMAT = Format("coverage", "bin", "", "", write_bytes=write)
    assert (tmp_path / "coverage.bin") in render(report, "coverage", tmp_path)
    assert (tmp_path / "coverage.bin").read_bytes() == bytes(len(report.assets))


def test_unknown_report(report, tmp_path):
    known = r"report 'covrage' is not known; did you mean 'coverage'\? known: .*coverage"
    with pytest.raises(UsageError, match=known):
        render(report, "covrage", tmp_path / "out")
    with pytest.raises(UsageError, match="report 'zzz' is not known; known: "):
        render(report, "zzz", tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("fine\n{{ report.nothing }}", r"coverage\.md\.j2:2: .*has no attribute 'nothing'"),
        ("{% for x in %}", r"coverage\.md\.j2:1: "),
        ("\n\n{{ ''.__class__.__mro__ }}", r"coverage\.md\.j2:3: .*unsafe"),
        ("{{ 'x' | random }}", r"coverage\.md\.j2:1: No filter named 'random'"),
        ("{% include 'gone.j2' %}", r"gone\.j2"),
    ],
)
def test_wrong_template_names_file_and_line(report, tmp_path, template, message):
    (tmp_path / "coverage.md.j2").write_text(template)
    out = tmp_path / "out"
    with pytest.raises(UsageError, match=message):
        render(report, "coverage", out, (tmp_path,))
    assert list(out.iterdir()) == []


def test_out_is_a_file(report, tmp_path):
    out = tmp_path / "reports"
    out.write_text("mine")
    with pytest.raises(OutputError, match=f"^{out}: "):
        render(report, "coverage", out)
    assert out.read_text() == "mine"


def test_out_under_a_file(report, tmp_path):
    (tmp_path / "plain").write_text("mine")
    with pytest.raises(OutputError, match="plain/reports: "):
        render(report, "coverage", tmp_path / "plain" / "reports")


def test_a_folder_stands_where_a_file_should(report, tmp_path):
    (tmp_path / "coverage.json").mkdir()
    with pytest.raises(OutputError, match=r"coverage\.json: "):
        render(report, "coverage", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["coverage.json"]


def test_full_disk_leaves_what_stood_before(report, tmp_path, monkeypatch):
    before = {path.name: path.read_bytes() for path in render(report, "coverage", tmp_path)}

    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"coverage\.\w+: .*No space left on device"):
        render(report, "coverage", tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_template_is_streamed(report, tmp_path, monkeypatch):
    sizes = []
    (tmp_path / "long.txt.j2").write_text("{% for n in range(20000) %}{{ n }} {% endfor %}")
    replacing = reports.replacing

    class Watched:
        def __init__(self, path):
            self.context = replacing(path)

        def __enter__(self):
            self.file = self.context.__enter__()
            return self

        def __exit__(self, *error):
            return self.context.__exit__(*error)

        def write(self, text):
            sizes.append(len(text))
            return self.file.write(text)

    monkeypatch.setattr(reports, "replacing", Watched)
    render(report, "long", tmp_path, (tmp_path,))
    assert sum(sizes) > 100_000
    assert max(sizes) < 5_000
