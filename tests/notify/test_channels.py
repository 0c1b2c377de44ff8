"""The bodies of messages: within their limits, and nothing of the estate taken for mark-up."""

import json
from email import message_from_bytes
from email.policy import default

import pytest

from agent.notify.channels import Occasion, forms
from agent.notify.choice import Notice
from agent.notify.facts import Fact
from agent.notify.messages import identifier, mail

OCCASION = Occasion("2026-11-24", "20261124T000000Z-0001", "5 hosts attempted, 4 reached.",
                    "https://example.net/coverage.html")  # fmt: skip
HOSTILE = "<!channel> <https://example.net|x> *bold* [a](b) \r\nBcc: c@example.net " + "y" * 4000


def notice(*texts, recipient="noc", **fields):
    made = [
        ("security", Fact(f'["{n}"]', "finding", "uncovered", text, "high", **fields))
        for n, text in enumerate(texts)
    ]
    return Notice(recipient, tuple(made), 0)


@pytest.mark.parametrize("name", ["json", "slack", "teams"])
def test_every_form_says_what_there_is(name):
    body = forms()[name].body(notice("TST2605X001: uncovered"), OCCASION)
    text = json.dumps(body)
    for word in ("TST2605X001", "2026-11-24", "5 hosts attempted", OCCASION.link):
        assert word in text


def test_slack_keeps_its_limits_and_takes_nothing_for_mark_up():
    body = forms()["slack"].body(notice(*[HOSTILE] * 500), OCCASION)
    assert len(body["blocks"]) <= 50
    for block in body["blocks"]:
        if block["type"] == "context":
            continue
        assert block["text"]["type"] == "plain_text"
        assert len(block["text"]["text"]) <= (150 if block["type"] == "header" else 3000)
        assert "<!channel>" not in block["text"]["text"]
    assert "460 more" in json.dumps(body)
    assert "<" not in body["text"]


def test_teams_keeps_its_limit_and_takes_nothing_for_mark_up():
    body = forms()["teams"].body(notice(*[HOSTILE] * 500), OCCASION)
    assert len(json.dumps(body, ensure_ascii=False).encode()) < 28_000
    (card,) = [each["content"] for each in body["attachments"]]
    texts = [block["text"] for block in card["body"]]
    assert not any("[a](b)" in text or " *bold*" in text for text in texts)
    assert "475 more" in json.dumps(body)


def test_the_generic_form_has_every_fact():
    body = forms()["json"].body(notice(*[HOSTILE] * 500, serial="TST2605X001"), OCCASION)
    assert (body["schema"], len(body["facts"])) == ("netcover/notice/1", 500)
    assert {fact["serial"] for fact in body["facts"]} == {"TST2605X001"}


def test_mail_is_one_message_and_nothing_of_it_a_header():
    sent = mail(notice(HOSTILE, "\u202eabc", recipient="a@example.net"), OCCASION, "n@example.net")
    read = message_from_bytes(sent.as_bytes(), policy=default)
    assert read["To"] == "a@example.net"
    assert read["Bcc"] is None
    assert read["Auto-Submitted"] == "auto-generated"
    assert "TST" not in read["Subject"]
    text = read.get_content()
    assert "high: <!channel>" in text
    assert OCCASION.link in text
    assert "sweep 20261124T000000Z-0001" in text


def test_the_same_facts_have_the_same_id():
    one, again = notice("a", "b"), Notice("noc", tuple(reversed(notice("a", "b").facts)), 3)
    assert identifier(one) == identifier(again)
    assert identifier(one) != identifier(notice("a"))
    assert identifier(one) != identifier(notice("a", "b", recipient="other"))
