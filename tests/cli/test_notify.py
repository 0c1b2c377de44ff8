"""``netcover notify`` and ``netcover serve`` as a scheduler and a monitor use them."""

import re
import shutil
import signal

import httpx2
import pytest

from tests.notify.test_deliver import hook

AS_OF = ("--as-of", "2026-11-24")
RULES = """
[[notify.rules]]
name = "security"
facts = ["finding", "gap"]
severity = "high"
to = ["noc", "soc@example.net"]

[[notify.rules]]
name = "dates"
facts = ["date"]
to = ["owner"]

[notify.channels.noc]
pause = 0.01
attempts = 2
"""


@pytest.fixture
def site(swept, project):
    shutil.copy(swept.folder / "netcover.db", project.folder / "netcover.db")
    (project.folder / "netcover.toml").write_text(RULES)
    return project


def test_without_send_nothing_leaves_and_nothing_is_remembered(site):
    with hook(204) as (url, taken):
        for _ in range(2):
            said = site.run("notify", *AS_OF, NETCOVER_WEBHOOK_NOC=url)
            assert re.search(r"noc +security +high", said.stdout)
            assert "would be told; --send tells them" in said.stderr
            assert (
                "no owner with a mail address: 30 days before contract 900002 ends" in said.stderr
            )
            assert said.returncode == 3
    assert taken == []


def test_each_thing_is_told_once(site):
    with hook(204) as (url, taken):
        first = site.run("notify", "--send", "--drafts", "out", *AS_OF, NETCOVER_WEBHOOK_NOC=url)
        assert "told noc: channel noc" in first.stderr
        assert "told soc@example.net: draft out/" in first.stderr
        again = site.run("notify", "--send", "--drafts", "out", *AS_OF, NETCOVER_WEBHOOK_NOC=url)
    assert len(taken) == 1
    assert len(list((site.folder / "out").iterdir())) == 1
    assert "0 facts new" in again.stderr
    assert "told before" in again.stdout


def test_who_was_not_reached_is_told_next_time(site):
    with hook(500) as (url, _):
        failed = site.run("notify", "--send", "--drafts", "out", *AS_OF, NETCOVER_WEBHOOK_NOC=url)
    assert failed.returncode == 3
    assert "not told: channel noc: server (500)" in failed.stderr
    assert "told soc@example.net" in failed.stderr
    with hook(204) as (url, taken):
        site.run("notify", "--send", "--drafts", "out", *AS_OF, NETCOVER_WEBHOOK_NOC=url)
    assert len(taken) == 1
    assert len(list((site.folder / "out").iterdir())) == 1


@pytest.mark.parametrize(
    ("words", "settings", "message"),
    [
        ((), "", "has no [[notify.rules]]"),
        (("--drafts", "out"), RULES, "--drafts goes with --send"),
        (("--send",), RULES, "NETCOVER_WEBHOOK_NOC holds no URL"),
        ((), RULES.replace('"noc", "soc', '"nok", "soc'), "nok is no mail address and no channel"),
        ((), RULES.replace('"dates"', '"security"'), "two rules are called security"),
        ((), RULES.replace('"finding", "gap"', '"findings"'), "facts"),
    ],
)
def test_bad_settings_are_one_line(site, words, settings, message):
    (site.folder / "netcover.toml").write_text(settings)
    refused = site.run("notify", *words, *AS_OF)
    assert (refused.returncode, len(refused.stderr.splitlines())) == (2, 1), refused.stderr
    assert message in refused.stderr
    assert not (site.folder / "out").exists()


def test_metrics_are_served_until_it_is_told_to_stop(site):
    process = site.start("serve", "--metrics", "--listen", "127.0.0.1:0")
    try:
        url = re.search(r"http://\S+/metrics", process.stderr.readline())[0]
        text = httpx2.get(url, timeout=30).text
        assert "netcover_up 1.0" in text
        assert re.search(r'netcover_hosts\{site="north",state="read"\} \d', text)
        assert httpx2.delete(url, timeout=30).is_error
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    assert process.returncode == 130


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "say what to serve: --metrics"),
        (("--metrics", "--listen", "9464"), "write it as 127.0.0.1:9464"),
        (("--metrics", "--listen", "127.0.0.1:99999"), "write it as 127.0.0.1:9464"),
        (("--metrics", "--listen", "192.0.2.1:9464"), "--listen 192.0.2.1:9464: "),
    ],
)
def test_serve_says_what_it_needs(site, words, message):
    refused = site.run("serve", *words)
    assert (refused.returncode, len(refused.stderr.splitlines())) == (2, 1), refused.stderr
    assert message in refused.stderr
