"""A firewall manager as a source of devices: all on its record, over real HTTPS."""

from ipaddress import ip_network

import pytest

from agent.discovery import Errand
from agent.discovery._visit import Door, Keys
from agent.discovery.controllers import managed
from agent.discovery.scope import Scope
from agent.errors import HostFailureError, ScopeError, UsageError
from agent.inventory.credentials import Credentials
from agent.settings import Rest
from agent.transports.access import Access
from agent.transports.host_keys import KnownHosts
from lab.estate import load_estate
from lab.managers import ManagersLab

ESTATE = load_estate()
FMC, FDM = ESTATE.managers
AWAY = FMC.model_copy(update={"disconnected": ("plant-ftd2",)})


class Journal:
    def __init__(self):
        self.tries = []

    def tried(self, *attempt):
        self.tries.append(attempt)


@pytest.fixture(scope="module")
def lab():
    with ManagersLab(ESTATE.model_copy(update={"managers": (AWAY, FDM)})) as running:
        yield running


def asked(lab, manager, password=ESTATE.credentials.password, allowed="127.20.0.0/16"):
    errand = Errand(Scope.of([ip_network(allowed)]), Journal())
    rest = Rest(ca_file=lab.ca_file, pause=0.01, per_minute=10_000)
    access = Access({}, KnownHosts(lab.ca_file, "ignore"), 5, rest=rest)
    login = Credentials(ESTATE.credentials.username, password) if password else None
    door = Door(str(manager.address), lab.port, manager.kind, manager.name)
    try:
        return list(managed(errand, door, Keys(login, access=access))), errand.journal.tries
    except HostFailureError:
        assert errand.journal.tries[0][2:] == ("rest", "auth_refused")
        raise


def test_every_device_on_the_record_of_a_manager(lab):
    (own, *devices), tries = asked(lab, FMC)
    assert (own.name, own.platform, own.serial, own.version) == ("hq-fmc1", "fmc", None, "7.4.2")
    assert {d.name: d.serial for d in devices} == {
        "hq-ftd1": "TSM2601A0B7",
        "hq-ftd2": "TSD2601A0B7",
        "plant-ftd1-a": "TSD2601A0C4",
        "plant-ftd1-b": "TSD2601A0D1",
        "plant-ftd2": "TSD2601A0E8",
        "plant-ftd3": "TSD2601A0F5",
        "plant-ftd4": "TSD2601A0G2",
        "plant-ftd9": "TSD2601A0Z9",
    }
    addresses = {d.name: d.address for d in devices}
    assert addresses["hq-ftd2"] == str(ESTATE.by_name["hq-ftd2"].address)
    assert {(d.platform, d.managed_by, d.found_by) for d in devices} == {
        ("ftd", "hq-fmc1", ("controller",))
    }
    away = [d.name for d in devices if "not connected" in d.reason]
    assert away == ["plant-ftd2"]
    assert [attempt[2:] for attempt in tries] == [("rest", "answered")]


def test_a_device_manager_tells_of_itself(lab):
    (own,), _ = asked(lab, FDM)
    host = ESTATE.by_name[FDM.device]
    assert (own.platform, own.serial, own.pid) == ("fdm", host.active.serial, host.active.pid)


def test_what_hinders(lab):
    with pytest.raises(ScopeError, match="outside the allow-list"):
        asked(lab, FMC, allowed="192.0.2.0/24")
    with pytest.raises(UsageError, match="--from hq-fmc1: a manager needs a user and password"):
        asked(lab, FMC, password=None)
    with pytest.raises(HostFailureError, match="username or password is incorrect"):
        asked(lab, FMC, password="not-the-password")
