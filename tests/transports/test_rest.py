"""FMC and FDM of the lab over real HTTPS: tokens, limits, refusals, broken answers."""

import json
import socket
import threading
from datetime import UTC, datetime
from itertools import count

import httpx2
import pytest

from agent.errors import CommandNotDeclaredError, HostFailureError
from agent.inventory.credentials import Credentials
from agent.model import Capture, Output
from agent.platforms import fdm, fmc, platform
from agent.settings import Rest
from agent.transports import _rest, rest
from agent.transports._rest import RestClient
from agent.transports._rest_tokens import FdmTokens, FmcTokens
from agent.transports.access import Access
from agent.transports.gate import RestGate
from agent.transports.host_keys import KnownHosts
from lab.cisco.faults import Fault
from lab.estate import load_estate
from lab.managers import ManagersLab

ESTATE = load_estate()
KNOWN = ESTATE.credentials
FMC, FDM = ESTATE.managers
QUICK = {"pause": 0.01, "attempts": 3, "per_minute": 10_000}


@pytest.fixture
def managers():
    """Starts the managers with faults; all end with the test."""
    running = []

    def start(*faults, **options):
        lab = ManagersLab(ESTATE, faults, **options)
        lab.__enter__()
        running.append(lab)
        return lab

    yield start
    for lab in running:
        lab.__exit__(None, None, None)


def opened(lab, manager=FMC, password=KNOWN.password, known=None, **settings):
    """A plugin that is logged in, as Nornir opens it."""
    chosen = Rest(**QUICK | {"ca_file": lab.ca_file} | settings)
    timeout = settings.pop("timeout", 5)
    access = Access({}, known or KnownHosts(lab.ca_file, "ignore"), timeout, rest=chosen)
    plugin = rest.RestPlugin()
    plugin.open(
        str(manager.address),
        KNOWN.username,
        password,
        lab.port,
        manager.kind,
        {"timeout": timeout, "access": access},
    )
    return plugin


def reading(lab, manager=FMC, **settings):
    """What the platform's parser makes of a whole visit."""
    plugin = opened(lab, manager, **settings)
    device = platform(manager.kind)
    try:
        outputs = tuple(
            Output(c.text, plugin.connection.send(c.text), datetime.now(UTC))
            for c in device.commands
        )
    finally:
        plugin.close()
    return device.parse(Capture(manager.name, manager.site, manager.kind, "rest", outputs))


def posts(lab):
    return [path.rpartition("/")[2] for _, method, path in lab.asked if method == "POST"]


def names(found):
    return {unit.position for unit in found.observations if unit.managed_by}


EVERYTHING = {
    *(n for names in FMC.domains.values() for n in names),
    "plant-ftd9",
    "chassis TSX2601A0B7",
}


def test_a_manager_tells_all_that_it_manages_in_every_domain(managers):
    lab = managers()
    found = reading(lab)
    assert names(found) == EVERYTHING
    serials = {u.position: (u.serial, u.pid) for u in found.observations}
    assert serials["plant-ftd9"] == ("TSD2601A0Z9", "FPR-1010")
    assert {g.reason for g in found.incomplete} == {fmc._NO_SERIAL}
    assert posts(lab) == ["generatetoken", "revokeaccess"]
    assert all(unit.evidence for unit in found.observations)


def test_only_declared_requests_were_sent(managers):
    lab = managers()
    reading(lab)
    reading(lab, FDM)
    gates = {"hq-fmc1": RestGate(fmc.PLATFORM), "campus-fdm1": RestGate(fdm.PLATFORM)}
    for manager, method, path in lab.asked:
        gates[manager].admit(method, path)


@pytest.mark.parametrize(
    "request_",
    [
        ("GET", "/api/fmc_platform/v1/info/serverversion/"),
        ("GET", "/api/fmc_platform/v1/info/serverversion?x=1"),
        ("GET", "/api/fmc_platform/v1/info/../audit/auditrecords"),
        ("POST", "/api/fmc_platform/v1/info/serverversion"),
        ("POST", "/api/fmc_config/v1/domain/x/deployment/deploymentrequests"),
        ("PUT", "/api/fmc_platform/v1/auth/generatetoken"),
        ("GET", fmc.DEVICES.removeprefix("GET ").replace("{domain}", "../x")),
    ],
)
def test_what_is_not_declared_is_not_sent(request_):
    with pytest.raises(CommandNotDeclaredError, match="not sent"):
        RestGate(fmc.PLATFORM).admit(*request_)


def test_a_session_sends_declared_commands_only(managers):
    lab = managers()
    plugin = opened(lab)
    before = len(lab.asked)
    with pytest.raises(CommandNotDeclaredError):
        plugin.connection.send("GET /api/fmc_platform/v1/audit/auditrecords")
    assert len(lab.asked) == before
    plugin.close()


def test_an_expired_token_is_refreshed_three_times_and_then_had_anew(managers):
    lab = managers(*(Fault("token_expired", "fmc", after=n) for n in range(4)))
    assert names(reading(lab)) == EVERYTHING
    assert posts(lab)[:5] == ["generatetoken", *["refreshtoken"] * 3, "generatetoken"]


def test_a_token_is_renewed_before_its_half_hour_ends(managers):
    lab = managers()
    now = [0.0]
    client = RestClient(
        fmc.PLATFORM,
        f"https://{FMC.address}:{lab.port}",
        FmcTokens(KNOWN.username, KNOWN.password, lambda: now[0]),
        Rest(ca_file=lab.ca_file, **QUICK),
        5,
    )
    path = fmc.VERSION.removeprefix("GET ")
    for now[0] in (0, 1600, 1640):
        assert client.get(path).status == 200
    assert posts(lab) == ["generatetoken", "refreshtoken"]
    client.close()


def test_a_token_that_stays_refused_ends_in_a_refusal(managers):
    lab = managers(token_life=0)
    found = reading(lab)
    assert {g.kind for g in found.incomplete} == {"command_refused"}
    assert any("HTTP 401" in g.reason for g in found.incomplete)


@pytest.mark.parametrize("kind", ["error_500", "html", "truncated", "dropped"])
def test_what_passes_by_itself_is_asked_again(managers, kind):
    lab = managers(Fault(kind, "fmc", after=2, times=2))
    assert names(reading(lab)) == EVERYTHING


def test_a_manager_that_says_how_long_to_wait_is_waited_for(managers):
    lab = managers(Fault("throttled", "fmc", times=1, seconds=0.3))
    began = datetime.now(UTC)
    assert names(reading(lab)) == EVERYTHING
    assert (datetime.now(UTC) - began).total_seconds() >= 0.3


def test_a_manager_that_stays_busy_is_overloaded_and_no_refusal(managers):
    lab = managers(Fault("throttled", "fmc", times=None, seconds=0.01))
    with pytest.raises(HostFailureError, match="Rate limit exceeded") as caught:
        reading(lab)
    assert caught.value.kind == "overloaded"


def test_more_than_the_manager_allows_is_not_asked_in_a_minute(managers):
    lab = managers(per_minute=6)
    plugin = opened(lab, per_minute=6, longest_wait=0.1)
    url = f"https://{FMC.address}:{lab.port}"
    for _ in range(5):
        plugin.connection.client.get(fmc.VERSION.removeprefix("GET "))
    assert not _rest._limiter(url, 6).try_acquire(url, blocking=False)
    plugin.close()
    assert posts(lab) == ["generatetoken"]


@pytest.mark.parametrize("kind", ["html", "truncated"])
def test_a_broken_list_costs_that_list_alone(managers, kind):
    # serverversion and domain pass, the devices of Global are broken, three times over
    lab = managers(Fault(kind, "fmc", after=2, times=3))
    found = reading(lab)
    assert names(found) == {*FMC.domains["plant"], "plant-ftd9"}
    broken = [g for g in found.incomplete if g.kind == "command_refused"]
    assert len(broken) == 1
    assert "not_json" in broken[0].reason
    assert "devicerecords" in broken[0].reason


def test_a_list_that_is_shorter_than_it_says_is_a_gap(managers):
    lab = managers(Fault("lost_record", "fmc", after=2))
    found = reading(lab)
    assert [g.reason.split(": ")[1] for g in found.incomplete if g.kind == "truncated"] == [
        "states 2 entries, sent 1"
    ]


def test_pages_are_followed_to_the_end(managers, monkeypatch):
    monkeypatch.setattr(rest, "PAGE", 2)
    lab = managers()
    assert names(reading(lab)) == EVERYTHING
    asked = [path for _, _, path in lab.asked if "devicerecords" in path]
    assert [p.partition("offset=")[2].partition("&")[0] for p in asked] == ["0", *"024"]


def test_a_list_that_never_ends_is_left(managers, monkeypatch):
    monkeypatch.setattr(rest, "PAGES", 3)
    page = {"items": [{"id": "x"}], "paging": {"count": 10_000}}
    session = rest.RestSession(_mocked(lambda _: httpx2.Response(200, json=page)), fmc.PLATFORM)
    assert session.send(fmc.DOMAINS).count("HTTP 200") == 3


def test_a_wrong_password_is_refused_and_not_told(managers):
    lab = managers()
    with pytest.raises(HostFailureError, match="username or password is incorrect") as caught:
        opened(lab, password="not-the-password")
    assert caught.value.kind == "auth_refused"
    assert "not-the-password" not in str(caught.value)


@pytest.mark.parametrize("manager", [FMC, FDM], ids=lambda m: m.kind)
def test_a_certificate_of_an_unknown_authority_is_not_believed(managers, manager):
    lab = managers()
    with pytest.raises(HostFailureError, match=r"not trusted: .*rest\.ca_file") as caught:
        opened(lab, manager, ca_file=None, attempts=1)
    assert caught.value.kind == "hostkey"
    assert lab.asked == []


def test_the_other_manager_is_told_apart(managers):
    lab = managers()
    with pytest.raises(HostFailureError, match="HTTP 405"):
        opened(lab, FMC.model_copy(update={"kind": "fdm"}))
    with pytest.raises(HostFailureError, match="HTTP 405"):
        opened(lab, FDM.model_copy(update={"kind": "fmc"}))


def test_something_that_answers_204_without_a_token_is_no_manager():
    client = _mocked(lambda _: httpx2.Response(204), FmcTokens("a", "b"))
    failure = rest.failure(client.log_in())
    assert (failure.kind, failure.reason) == (
        "not_a_device",
        "no token in the answer to the login: another kind of server",
    )


def test_a_port_that_speaks_no_tls_and_one_that_is_silent():
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = _client(f"https://127.0.0.1:{server.getsockname()[1]}", timeout=0.2)
        assert rest.failure(client.log_in()).kind == "timeout"
        speaker = threading.Thread(target=_say, args=(server, b"SSH-2.0-x\r\n"))
        server.accept()[0].close()
        speaker.start()
        assert rest.failure(client.log_in()).kind == "negotiation"
        speaker.join()
        client.close()


def _say(server, words):
    with server.accept()[0] as caller:
        caller.sendall(words)
        caller.recv(1024)


def test_nobody_there_is_refused(managers):
    lab = managers()
    lab.__exit__(None, None, None)
    client = _client(f"https://{FMC.address}:{lab.port}")
    assert rest.failure(client.log_in()).kind == "refused"
    lab.__enter__()


def test_a_name_that_does_not_resolve():
    with pytest.raises(HostFailureError) as caught:
        rest.RestPlugin().open("fmc.invalid", "a", "b", 443, "fmc", {})
    assert caught.value.kind == "dns"


def test_secrets_show_nowhere():
    tokens = FmcTokens("user", "pass-word-1")
    said = {
        "error": {"messages": [{"description": f"got {tokens._basic} and pass-word-1 of user"}]}
    }
    client = _mocked(lambda _: httpx2.Response(400, json=said), tokens)
    problem = client.log_in()
    shown = f"{problem} {client!r} {tokens!r} {Credentials('user', 'pass-word-1')!r}"
    assert "got *** and *** of user" in shown
    assert "pass-word-1" not in shown
    assert tokens._basic not in shown


def test_a_body_that_repeats_the_token_is_kept_without_it():
    tokens = FmcTokens("user", "pass-word-1")

    def answer(request):
        if request.method == "POST":
            return httpx2.Response(204, headers={"X-auth-access-token": "tok-123456"})
        return httpx2.Response(200, json={"echo": request.headers["X-auth-access-token"]})

    client = _mocked(answer, tokens)
    assert json.loads(client.get(fmc.VERSION.removeprefix("GET ")).body) == {"echo": "***"}


def test_a_word_that_is_also_the_password_stays_what_it_is():
    tokens = FmcTokens("user", "FPR-2130")

    def answer(request):
        if request.method == "POST":
            return httpx2.Response(204, headers={"X-auth-access-token": "tok-123456"})
        return httpx2.Response(200, json={"model": "FPR-2130"})

    reply = _mocked(answer, tokens).get(fmc.VERSION.removeprefix("GET "))
    assert json.loads(reply.body) == {"model": "FPR-2130"}


def test_domains_of_the_login_count_where_the_list_is_refused(managers):
    lab = managers(Fault("error_500", "fmc", after=1, times=3))
    found = reading(lab)
    assert names(found) == EVERYTHING
    assert [g.reason for g in found.incomplete if "info/domain" in g.reason]


def test_a_body_without_an_end_is_left(monkeypatch):
    monkeypatch.setattr(_rest, "BIGGEST", 1000)
    asked = count()

    def answer(_):
        next(asked)
        return httpx2.Response(200, content=(b"x" * 100 for _ in range(10**9)))

    problem = _mocked(answer).get(fmc.VERSION.removeprefix("GET "))
    assert "no end" in problem.text
    assert next(asked) == QUICK["attempts"]


def test_fdm_tells_its_own_device_and_gives_its_token_back(managers):
    lab = managers()
    (unit,) = reading(lab, FDM).observations
    host = ESTATE.by_name[FDM.device]
    assert (unit.serial, unit.pid) == (host.active.serial, host.active.pid)
    assert (unit.version, unit.version_raw) == (host.version, f"{host.version}-{host.build}")
    assert lab.tokens == {}


def test_fdm_renews_an_expired_token(managers):
    lab = managers(Fault("token_expired", "fdm", after=1))
    assert len(reading(lab, FDM).observations) == 1
    assert [method for _, method, _ in lab.asked].count("POST") == 3


def test_fdm_refuses_a_wrong_password(managers):
    lab = managers()
    with pytest.raises(HostFailureError, match="Invalid username or password"):
        opened(lab, FDM, password="not-the-password")


class _Nothing:
    """Tokens of somebody who needs none."""

    def headers(self, post):
        return {}

    def refused(self):
        pass

    def end(self, post):
        pass

    def secrets(self):
        return ("",)

    def domains(self):
        return ()


def _mocked(answer, tokens=None):
    return _client("https://fmc.example.net", tokens, transport=httpx2.MockTransport(answer))


def _client(url, tokens=None, timeout=5, transport=None):
    chosen = Rest(**QUICK | {"attempts": 3 if transport else 1})
    tokens = tokens or (_Nothing() if transport else FdmTokens("a", "b"))
    return RestClient(
        fmc.PLATFORM if transport else fdm.PLATFORM, url, tokens, chosen, timeout, transport
    )
