"""What a template of somebody else cannot do, and how its mistakes are told."""

import pytest

from agent.errors import UsageError
from agent.reports import names, render


def run(report, folder, text, ending="md"):
    (folder / f"coverage.{ending}.j2").write_text(text)
    (path,) = (p for p in render(report, "coverage", folder / "out", (folder,)) if ending in p.name)
    return path.read_text()


@pytest.mark.parametrize(
    "text",
    [
        "{% include '/etc/passwd' %}",
        "{% include '../../secret.txt' %}",
        "{% import 'os' as os %}{{ os.getcwd() }}",
        "{{ ''.__class__.__base__.__subclasses__() }}",
        "{{ report.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__.os }}",
        "{{ report.findings_by_asset.__func__.__code__ }}",
        "{{ (report.assets | map('upper')).gi_frame }}",
        "{{ report | attr('__class__') }}",
        "{{ '{0.__class__}'.format(report) }}",
        "{{ '{x.__class__}'.format_map({'x': report}) }}",
        "{% set d = report.findings_by_asset() %}{% set _ = d.clear() %}",
        "{% set l = [1] %}{% set _ = l.append(2) %}",
        "{% set report.as_of = 1 %}",
        "{{ report.as_of.today() }}",
        "{{ report.sweep.started.now() }}",
        "{{ report.sweep.started.fromtimestamp(0) }}",
        "{{ 'x' * 99999999999 }}",
        "{{ 9 ** 99999999 }}",
        "{{ range(99999999) | list }}",
        "{{ lipsum() }}",
        "{{ [1, 2] | random }}",
        "{{ open('/etc/passwd') }}",
        "{{ self.__init__ }}",
        "{{ [report] | map(attribute='__class__') | join }}",
        "{{ report.as_of.__reduce__() }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    ],
)
def test_a_hostile_template_is_refused_with_its_place(report, tmp_path, text):
    (tmp_path.parent / "secret.txt").write_text("do not show")
    with pytest.raises(UsageError, match=r"coverage\.md\.j2|secret\.txt|passwd|'os'"):
        run(report, tmp_path, text)
    assert not (tmp_path / "out" / "coverage.md").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\n{{ 1 / 0 }}", r"coverage\.md\.j2:2: ZeroDivisionError"),
        ("{{ report.as_of + 1 }}", r"coverage\.md\.j2:1: TypeError"),
        ("a\nb\n{{ summary.units | sort }}", r"coverage\.md\.j2:3: TypeError"),
        ("{{ summary.rules[99].rule }}", r"coverage\.md\.j2:1: "),
        ("{{ 'NOTHING' | headline_words }}", r"coverage\.md\.j2:1: KeyError"),
        ("{{ report | nofilter }}", r"coverage\.md\.j2:1: No filter named 'nofilter'"),
    ],
)
def test_a_mistake_of_any_kind_names_file_and_line(report, tmp_path, text, message):
    with pytest.raises(UsageError, match=message):
        run(report, tmp_path, text)


def test_a_mistake_in_an_included_file_names_that_file(report, tmp_path):
    (tmp_path / "part.j2").write_text("\n\n{{ report.nothing }}")
    with pytest.raises(UsageError, match=r"part\.j2:3: "):
        run(report, tmp_path, "{% include 'part.j2' %}")


def test_a_template_that_is_no_text(report, tmp_path):
    (tmp_path / "coverage.md.j2").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match=r"coverage\.md\.j2: not a readable text file"):
        render(report, "coverage", tmp_path / "out", (tmp_path,))


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(UsageError, match=r"gone: no such folder"):
        names((tmp_path / "gone",))


def test_a_folder_named_like_a_template_is_none(tmp_path):
    (tmp_path / "mine.txt.j2").mkdir()
    assert "mine" not in {kind.name for kind in names((tmp_path,))}


def test_ordinary_templates_still_work(report, tmp_path):
    text = "{{ report.as_of.strftime('%Y') }} {{ '-' * 3 }} {{ 2 ** 10 }} {{ summary.as_of.year }}"
    assert run(report, tmp_path, text) == "2026 --- 1024 2026"
    assert run(report, tmp_path, "{{ '<b>' }}", "html") == "&lt;b&gt;"


def test_our_own_mistake_is_not_called_the_users(report, tmp_path, monkeypatch):
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "ours.md.j2").write_text("{{ 1 / 0 }}")
    monkeypatch.setattr("agent.resources.folder", lambda _: folder)
    with pytest.raises(ZeroDivisionError):
        render(report, "ours", tmp_path / "out")


def test_grouping_by_what_is_hidden_finds_nothing(report, tmp_path):
    text = run(
        report,
        tmp_path,
        "{% for key, _ in [1] | groupby('__class__') %}{{ key is defined }}{% endfor %}",
    )
    assert text == "False"
