"""A lab's NetBox or Nautobot, and how it is asked."""

from contextlib import contextmanager

from agent.inventory import nautobot, netbox
from lab.cmdb import TOKEN, CmdbLab, Entry
from tests.inventory.asked import asked

READ = {"netbox": netbox.read, "nautobot": nautobot.read}

SHELF = [
    Entry(
        *("sw1", "192.0.2.1", "cisco-ios-xe", "C9300-48P", "TST2605X001"),
        tags=("edge", "core"),
        tenant="shop",
        room="room-1",
        chassis="sw1",
        position=1,
        master=True,
    ),
    Entry(
        *("sw1:2", None, "cisco-ios-xe", "C9300-24T", "TST2605X002"),
        chassis="sw1",
        position=2,
        status="offline",
    ),
    Entry("fw1", "192.0.2.2", "cisco-asa", "ASA5525", site="south", role="firewall"),
    Entry("old", "192.0.2.3", "cisco-asa", "ASA5510", "TST2605X009", status="decommissioning"),
    Entry("v6", None, "cisco-nxos", "N9K-C93180YC-EX", address6="2001:db8::1", oob="192.0.2.9"),
    Entry("pdu", "192.0.2.4", "raritan-px", "PX3-5000", role="pdu"),
    Entry("bare", None, "cisco-asa", "ASA5525"),
    Entry(None, "192.0.2.5", None, "C9300-48P"),
]


@contextmanager
def lab_of(kind, monkeypatch, shelf=SHELF, fault=None, **options):
    monkeypatch.setenv(f"NETCOVER_{kind.upper()}_TOKEN", TOKEN)
    with CmdbLab(kind, shelf, fault, **options) as lab:
        yield lab


def listing(lab, now=(), **settings):
    settings = {"timeout": 5.0, "pause": 0.01, "ca_file": lab.ca_file, **settings}
    return READ[lab.kind](asked(None, now, url=lab.url, **settings))


def hosts(lab, now=(), **settings):
    return {host.name: host for host in listing(lab, now, **settings).hosts}
