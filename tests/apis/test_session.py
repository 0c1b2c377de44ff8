"""The session against scripted answers: tokens, repetitions, halves, and no secret in any word."""

import json

import httpx2
import keyring
import pytest
from keyring.backends.null import Keyring

from agent.apis import eox, iq, openvuln, suggestion
from agent.apis.ask import Answered, ask
from agent.apis.grants import client_credentials, iq_token
from agent.apis.problems import Problem
from agent.apis.session import Reply, Session
from agent.errors import SettingsError, UsageError
from agent.settings import Cisco

QUICK = Cisco(base_url="https://127.0.0.1:9", per_second=1000, pause=0, attempts=3, longest_wait=1)
TOKEN = {"access_token": "t", "expires_in": 100}


@pytest.fixture(autouse=True)
def _credentials(monkeypatch):
    monkeypatch.setenv("NETCOVER_CISCO_CLIENT_ID", "id")
    monkeypatch.setenv("NETCOVER_CISCO_CLIENT_SECRET", "very-secret")


class Script:
    """Answers in order, the last one for ever; counts tokens and keeps the questions."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.questions = []
        self.tokens = 0

    def __call__(self, request):
        if request.url.path.endswith("/token"):
            self.tokens += 1
            return httpx2.Response(200, json=TOKEN)
        self.questions.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx2.Response) else httpx2.Response(200, json=answer)


def session(script, settings=QUICK, **options):
    return Session(settings, client_credentials(), httpx2.MockTransport(script), **options)


def test_the_token_is_renewed_at_nine_tenths_of_its_life():
    script, now = Script({"ok": 1}), [0.0]
    with session(script, clock=lambda: now[0]) as opened:
        for second, tokens in ((0, 1), (89, 1), (90, 2), (179, 2), (181, 3)):
            now[0] = second
            opened.get("eox", "x")
            assert script.tokens == tokens
    assert script.questions[0].headers["authorization"] == "Bearer t"


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_token_is_renewed_once(status):
    script = Script(httpx2.Response(status, text="<h1>Not Authorized</h1>"), {"ok": 1})
    with session(script) as opened:
        assert opened.get("eox", "x").content == {"ok": 1}
        assert script.tokens == 2
    script = Script(httpx2.Response(status, text="<h1>Not Authorized</h1>"))
    with session(script) as opened:
        assert opened.get("eox", "x").kind == "not_authorised"
    assert (script.tokens, len(script.questions)) == (2, 2)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx2.Response(500, text="x"), "server"),
        (httpx2.Response(200, text="<h1>x</h1>"), "not_json"),
        (httpx2.ReadTimeout("slow"), "network"),
        (httpx2.Response(429, headers={"Retry-After": "0"}), "over_rate"),
    ],
)
def test_what_may_pass_is_asked_again_and_then_named(answer, kind):
    script = Script(answer, {"ok": 1})
    with session(script) as opened:
        assert isinstance(opened.get("eox", "x"), Reply)
    script = Script(answer)
    with session(script) as opened:
        problem = opened.get("eox", "x")
    assert (problem.kind, len(script.questions)) == (kind, QUICK.attempts)
    assert "very-secret" not in str(problem)


def test_a_wait_longer_than_allowed_ends_it_at_once():
    script = Script(httpx2.Response(429, headers={"Retry-After": "3600"}))
    with session(script) as opened:
        assert opened.get("eox", "x").retry_after == 3600
    assert len(script.questions) == 1


def test_halves_find_the_one_bad_item():
    asked = []

    def call(some):
        asked.append(len(some))
        bad = Problem("eox", "invalid_input", "SSA_ERR_010", "bad")
        return bad if "BAD" in some else Reply("eox", "{}", {})

    found = list(ask([*"abcdefg", "BAD"], 20, call))
    assert [f.items for f in found if isinstance(f, Problem)] == [("BAD",)]
    assert {i for f in found if isinstance(f, Answered) for i in f.items} == set("abcdefg")
    assert asked == [8, 4, 4, 2, 2, 1, 1]


def test_after_a_final_problem_nothing_more_is_asked_and_all_is_named():
    final = Problem("eox", "over_rate", "", "enough")
    answers = [Reply("eox", "{}", {}), final]
    found = list(ask(list("abcdef"), 2, lambda _: answers.pop(0)))
    assert [type(f).__name__ for f in found] == ["Answered", "Problem"]
    assert found[1].items == tuple("cdef")


def test_pids_keep_their_mark_and_their_slash_is_quoted():
    script = Script({"EOXRecord": [], "PaginationResponseRecord": {"LastIndex": 1}})
    with session(script) as opened:
        list(eox.by_pid(opened, ["MADE-UP/K9", "MADE-UP="]))
    path = script.questions[0].url.raw_path.decode()
    assert path.startswith(
        "/supporttools/eox/rest/5/EOXByProductID/1/MADE-UP%2FK9,MADE-UP=?responseencoding=json"
    )


def test_pages_are_one_document():
    pages = [
        {"EOXRecord": [{"EOXInputValue": "A ,B"}], "PaginationResponseRecord": {"LastIndex": 2}},
        {"EOXRecord": [{"EOXInputValue": "C"}], "PaginationResponseRecord": {"LastIndex": 2}},
    ]
    with session(Script(*pages)) as opened:
        answered, passed_over = eox.by_pid(opened, ["A", "B", "C", "D"])
    assert answered.items == ("A", "B", "C")
    assert len(json.loads(answered.body)["EOXRecord"]) == 2
    assert (passed_over.kind, passed_over.items) == ("unexpected", ("D",))


def test_a_record_with_the_services_own_trouble_is_not_answered():
    trouble = {"EOXInputValue": "A ", "EOXError": {"ErrorID": "SSA_ERR_012"}}
    silent = {"EOXInputValue": "B ", "EOXError": {"ErrorID": "SSA_ERR_026"}}
    with session(Script({"EOXRecord": [trouble, silent]})) as opened:
        answered, problem = eox.by_pid(opened, ["A", "B"])
    assert (answered.items, problem.items) == (("B",), ("A",))


@pytest.mark.parametrize(
    ("os", "release", "asked"),
    [
        ("asa", "9.20(3)7", "9.20.3.7"),
        ("asa", "9.18(1)", "9.18.1"),
        ("fxos", "2.12(0.498)", "2.12.0.498"),
        ("ios-xe", "17.9.4a", "17.9.4a"),
        ("ftd", "7.2.5", "7.2.5"),
    ],
)
def test_releases_in_openvulns_spelling(os, release, asked):
    assert openvuln.spelled(os, release) == asked


def test_answers_of_several_releases_are_united():
    def answer(version, fixed):
        advisory = {
            "advisoryId": "cisco-sa-made-up",
            "lastUpdated": "2026-01-01T00:00:00",
            "productNames": [f"Cisco IOS XE Software {version}"],
            "firstFixed": fixed,
        }
        return json.dumps({"advisories": [advisory]})

    united = json.loads(openvuln.united([answer("17.9.4", "17.9.5"), answer("17.9.3", ["17.9.5"])]))
    (advisory,) = united["advisories"]
    assert advisory["productNames"] == [
        "Cisco IOS XE Software 17.9.3",
        "Cisco IOS XE Software 17.9.4",
    ]
    assert advisory["firstFixed"] == ["17.9.5"]


def test_suggestions_pass_over_rows_with_errors():
    rows = [
        {
            "product": {"basePID": "MADE-UP", "softwareType": "IOS XE Software"},
            "suggestions": [{"isSuggested": "Y", "releaseFormat1": "17.12.5"}],
        },
        {
            "product": {"basePID": "OTHER"},
            "suggestions": [{"isSuggested": "", "releaseFormat1": ""}],
        },
    ]
    found = suggestion.suggestions({"productList": rows})
    assert [(s.pid, s.release) for s in found] == [("MADE-UP", "17.12.5")]
    assert suggestion.suggestions({"productList": None}) == ()


def test_cisco_iq_follows_links_with_its_cookie_and_raw_token(monkeypatch):
    monkeypatch.setenv("NETCOVER_CISCO_IQ_TOKEN", "raw-token")
    seen = []

    def answer(request):
        seen.append(request)
        if request.url.path.endswith("issueToken"):
            return httpx2.Response(200, json={"accessToken": "b", "expiresInSeconds": 3600})
        more = '</ciq-rest/api/v0/assets?max=200&offset=200>; rel="next"'
        first = request.url.params["offset"] == "0"
        headers = {"Link": more} if first else {}
        return httpx2.Response(200, json={"items": [{}], "meta": {}}, headers=headers)

    with Session(QUICK, iq_token(QUICK), httpx2.MockTransport(answer)) as opened:
        found = list(iq.assets(opened))
    assert [f.items for f in found] == [("assets from 0",), ("assets from 200",)]
    assert seen[0].headers["authorization"] == "Basic raw-token"
    assert {r.headers["cookie"] for r in seen} == {"account_region=US"}
    assert seen[-1].headers["authorization"] == "Bearer b"


def test_no_credentials_say_where_they_come_from(monkeypatch):
    assert "very-secret" not in repr(client_credentials())
    monkeypatch.delenv("NETCOVER_CISCO_CLIENT_SECRET")
    before = keyring.get_keyring()
    keyring.set_keyring(Keyring())
    try:
        with pytest.raises(UsageError, match="NETCOVER_CISCO_CLIENT_ID"):
            client_credentials()
    finally:
        keyring.set_keyring(before)


def test_addresses_and_the_authority(tmp_path):
    other = Cisco(base_url="https://127.0.0.1:9/", eox_url="https://example.net/eox/")
    assert other.url("eox") == "https://example.net/eox"
    assert other.url("sn2info") == "https://127.0.0.1:9/sn2info/v2"
    assert Cisco().url("token") == "https://id.cisco.com/oauth2/default/v1/token"
    with pytest.raises(SettingsError, match=r"ca\.pem"):
        Session(Cisco(ca_file=tmp_path / "ca.pem"), client_credentials())
