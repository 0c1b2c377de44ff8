from tests.inventory.shelves import SHELF, hosts, lab_of


def test_the_site_of_a_device_stands_above_its_room(monkeypatch):
    with lab_of("nautobot", monkeypatch) as lab:
        assert hosts(lab)["sw1"].site == "north"
        assert hosts(lab, site_type="Room")["sw1"].site == "room-1"
        assert hosts(lab, site_type="Region")["sw1"].site == "world"
        assert hosts(lab, site_type="Country")["sw1"].site == "room-1"
        assert sorted(hosts(lab, [("site", "north")])) == sorted(
            host for host in hosts(lab) if host != "fw1"
        )
        assert len(SHELF) == 8
