"""What may go wrong between netcover and a source of truth: one clear error, and no token lost."""

import pytest

from agent.errors import InventoryError, SettingsError, UsageError
from agent.inventory import _web
from agent.inventory.credentials import keyring
from lab.cmdb import TOKEN, Fault
from tests.inventory.asked import asked
from tests.inventory.shelves import SHELF, lab_of, listing


@pytest.fixture(params=["netbox", "nautobot"])
def kind(request):
    return request.param


@pytest.mark.parametrize(
    ("fault", "message", "calls"),
    [
        (Fault("status", status=401), "refuses the token (HTTP 401); give it one that may", 1),
        (Fault("status", status=403), "refuses the token (HTTP 403)", 1),
        (Fault("status", status=404), "has no API there (HTTP 404); inventory.url is the", 1),
        (Fault("status", status=418, text="tea\x1b[2J"), "HTTP 418: tea [2J", 1),
        (Fault("status", status=429, wait="0"), "HTTP 429 Too Many Requests (tried 3 times", 3),
        (
            Fault("status", status=429, wait="86400"),
            "(tried 1 time; it asks to wait 86400 seconds)",
            1,
        ),
        (Fault("status", status=503), "HTTP 503 Service Unavailable (tried 3 times)", 3),
        (Fault("html"), "the answer is no JSON, or was cut off", 3),
        (Fault("truncated"), "the answer is no JSON, or was cut off", 3),
        (Fault("cut"), "cannot be reached: ", 3),
        (Fault("dropped"), "cannot be reached: ", 3),
        (Fault("slow", seconds=1.0), "no answer within 0.3 seconds (tried 3 times)", 3),
        (Fault("list", text="[]"), "the answer is no list of its API", 1),
        (Fault("list", text='{"count": 1}'), "the answer is no list of its API", 1),
        (Fault("list", text='{"count": 1, "next": 3, "results": []}'), "no list of its API", 1),
        (
            Fault("list", text='{"count": 1, "next": null, "results": [7]}'),
            "has 1 entries, and gave 0",
            1,
        ),
        (Fault("list", text="[" * 100_000), "the answer is no JSON", 3),
        (Fault("short"), "it says that it has", 1),
        (Fault("loop"), "it gives the same page twice", None),
        (Fault("redirect"), "it gives the same page twice", 1),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else None,
)
def test_what_goes_wrong_is_one_error(kind, monkeypatch, fault, message, calls):
    with lab_of(kind, monkeypatch, fault=fault) as lab:
        fault.to = lab.url
        with pytest.raises(InventoryError) as caught:
            listing(lab, attempts=3, timeout=0.3)
        assert str(caught.value).startswith(f"{kind}: {lab.url}: ")
        assert message in str(caught.value)
        assert "\n" not in str(caught.value)
        assert TOKEN not in str(caught.value)
        assert calls in {None, len(lab.asked)}


@pytest.mark.parametrize("fault", ["redirect", "away"])
def test_the_token_goes_to_no_other_host(kind, monkeypatch, fault):
    with lab_of(kind, monkeypatch) as other, lab_of(kind, monkeypatch) as lab:
        lab.fault = Fault(fault, to=other.url)
        with pytest.raises(InventoryError, match=r"it leads on to https://127\.0\.0\.1:\d+, where"):
            listing(lab)
        assert lab.asked
        assert other.asked == []
        lab.fault = Fault(fault, to=lab.url.replace("https", "http"))
        with pytest.raises(InventoryError, match=r"it leads on to http://127\.0\.0\.1"):
            listing(lab)


@pytest.mark.parametrize(
    "to", ["ftp://192.0.2.1", "javascript:alert(1)//", "https://[", "https://x:y"]
)
@pytest.mark.parametrize("fault", ["redirect", "away"])
def test_an_address_that_is_none_is_one_error(kind, monkeypatch, fault, to):
    with lab_of(kind, monkeypatch, fault=Fault(fault, to=to)) as lab:
        with pytest.raises(InventoryError, match=r"it leads (on )?to ") as caught:
            listing(lab)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("url", ["https://x:y", "https://[", "https://%", "https://."])
def test_an_address_of_the_settings_that_is_none(kind, url):
    with pytest.raises(SettingsError, match=r"^inventory\.url: 'https://\S+' is no address"):
        _web.guarded(kind, asked(url=url).settings)


def test_an_address_with_a_password_is_refused_and_not_shown(kind):
    with pytest.raises(SettingsError, match=r"^inventory\.url: holds a user") as caught:
        _web.guarded(kind, asked(url="https://user:canary@netbox.example.net").settings)
    assert "canary" not in str(caught.value)


def test_a_flood_and_a_trickle_end(kind, monkeypatch):
    with lab_of(kind, monkeypatch) as lab:
        monkeypatch.setattr(_web, "_LARGEST_PAGE", 100)
        with pytest.raises(InventoryError, match="an answer is larger than 0 MB"):
            listing(lab)
        monkeypatch.setattr(_web, "_LARGEST_PAGE", 1 << 28)
        monkeypatch.setattr(_web, "_PATIENCE", 0)
        with pytest.raises(InventoryError, match=r"no answer within 5 seconds \(tried 2 times\)"):
            listing(lab, attempts=2)


@pytest.mark.parametrize("fault", ["status", "html", "truncated", "dropped"])
def test_what_passes_by_itself_is_waited_for(kind, monkeypatch, fault):
    with lab_of(kind, monkeypatch, fault=Fault(fault, times=2, status=502)) as lab:
        assert len(listing(lab, attempts=3).hosts) == len(SHELF) - 1


def test_a_redirection_within_the_host_is_followed(kind, monkeypatch):
    with lab_of(kind, monkeypatch, fault=Fault("redirect", times=1)) as lab:
        lab.fault.to = f"{lab.url}/moved"
        with pytest.raises(InventoryError, match="has no API there"):
            listing(lab)
        assert lab.authorised == [f"Token {TOKEN}"] * 2


def test_a_certificate_is_believed_only_by_its_authority(kind, monkeypatch, tmp_path):
    with lab_of(kind, monkeypatch) as lab:
        with pytest.raises(InventoryError, match=r"not trusted; name the authority that signed it"):
            listing(lab, ca_file=None)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(lab.ca_file))
        with pytest.raises(InventoryError, match=r"not trusted"):
            listing(lab, ca_file=None)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
        assert listing(lab).hosts
        with pytest.raises(SettingsError, match=r"inventory\.ca_file: \S+: no such file"):
            listing(lab, ca_file=tmp_path / "none.pem")


def test_nobody_listens(kind, monkeypatch):
    with lab_of(kind, monkeypatch) as lab:
        pass
    monkeypatch.setattr(type(lab.ca_file), "is_file", lambda _path: True)
    with pytest.raises(
        InventoryError, match=r"cannot be reached: Connection refused \(tried 2 tim"
    ):
        listing(lab, attempts=2, ca_file=None)


def test_netrc_does_not_take_the_place_of_the_token(kind, monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login x password y\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with lab_of(kind, monkeypatch, fault=Fault("redirect", times=1)) as lab:
        lab.fault.to = f"{lab.url}/moved"
        with pytest.raises(InventoryError, match="has no API there"):
            listing(lab)
        assert set(lab.authorised) == {f"Token {TOKEN}"}


def test_a_token_is_looked_up_and_never_shown(monkeypatch):
    monkeypatch.setattr(keyring, "entry", lambda service, _user: ("token", f"{service}-token"))
    assert _web.token_of("netbox") == "netcover-netbox-token"
    monkeypatch.setenv("NETCOVER_NETBOX_TOKEN", " from-the-environment\n")
    assert _web.token_of("netbox") == "from-the-environment"
    monkeypatch.setenv("NETCOVER_NETBOX_TOKEN", "canary\nX-Other: header")
    with pytest.raises(UsageError, match=r"NETCOVER_NETBOX_TOKEN: is no API token") as caught:
        _web.token_of("netbox")
    assert "canary" not in str(caught.value)
    monkeypatch.delenv("NETCOVER_NETBOX_TOKEN")
    monkeypatch.setattr(keyring, "entry", lambda *_of: None)
    with pytest.raises(UsageError, match="no API token of netbox: set NETCOVER_NETBOX_TOKEN, or s"):
        _web.token_of("netbox")


def test_nothing_but_get_is_sent(kind, monkeypatch):
    with lab_of(kind, monkeypatch) as lab:
        session, _, url = _web.guarded(kind, asked(url=lab.url, ca_file=lab.ca_file).settings)
        with pytest.raises(InventoryError, match="DELETE is not sent: netcover only reads"):
            session.delete(f"{url}/api/dcim/devices/1/")
        assert lab.asked == []
