"""Files the site keeps itself: price book, decisions, vehicles."""

from datetime import date
from decimal import Decimal

import pytest

from agent.errors import SourceError
from agent.resources import folder
from agent.sources.decisions import read_decisions
from agent.sources.prices import read_prices
from agent.sources.vehicles import read_vehicles

HEAD = "pid,service_level,annual_price,currency\n"
WHOLE = 'id = "D1"\nkind = "drop"\nserial = "TST1"\napprover = "made up"\nreason = "made up"\n'


def test_the_price_book(tmp_path):
    path = tmp_path / "prices.csv"
    path.write_text(HEAD + "C9300-48P,SNT,598.125,usd\n")
    (price,) = read_prices(path)
    assert (price.annual_price, price.currency) == (Decimal("598.125"), "USD")
    assert (price.evidence.source, price.evidence.command) == ("prices.csv", "row 2")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("pid,service_level,annual_price\n", "no column currency"),
        (HEAD + "C9300-48P,SNT,,USD\n", "row 2: annual_price is empty"),
        (HEAD + "C9300-48P,SNT,12\n", "row 2: currency is empty"),
        (HEAD + "C9300-48P,SNT,1,USD\nC9300-24T,SNT,abc,USD\n", "row 3: annual_price 'abc'"),
        (HEAD + "C9300-48P,SNT,-1,USD\n", "'-1' is not an exact amount"),
        (HEAD + "C9300-48P,SNT,NaN,USD\n", "'NaN' is not an exact amount"),
        (HEAD + 'C9300-48P,"SNT,1,USD\n', "mend the row"),
    ],
)
def test_a_price_that_cannot_be_read_is_an_error_that_names_its_row(tmp_path, text, message):
    path = tmp_path / "prices.csv"
    path.write_text(text)
    with pytest.raises(SourceError, match=r"prices\.csv: ") as caught:
        read_prices(path)
    assert message in str(caught.value)


def test_decisions(tmp_path):
    path = tmp_path / "decisions.toml"
    path.write_text(f"[[decision]]\n{WHOLE}expires = 2027-01-31\n")
    (decision,) = read_decisions(path)
    assert (decision.kind, decision.serial, decision.expires) == ("drop", "TST1", date(2027, 1, 31))
    assert decision.evidence.command == "decision 1"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[decision", "not a readable TOML file"),
        ("[[decisions]]\n" + WHOLE, "only [[decision]] tables are known"),
        ("[[decision]]\n" + WHOLE.replace("serial", "serials"), "decision 1: serials"),
        ("[[decision]]\n" + WHOLE.replace('serial = "TST1"\n', ""), "no scope"),
        ("[[decision]]\n" + WHOLE.replace("drop", "refresh"), "a refresh needs its day"),
        ("[[decision]]\n" + WHOLE.replace("drop", "swap"), "a swap needs other_serial"),
        ("[[decision]]\n" + WHOLE.replace("drop", "lose"), "kind"),
        (f"[[decision]]\n{WHOLE}[[decision]]\n{WHOLE}", "id 'D1' stands twice"),
    ],
)
def test_a_decision_that_is_not_whole_is_an_error_that_names_it(tmp_path, text, message):
    path = tmp_path / "decisions.toml"
    path.write_text(text)
    with pytest.raises(SourceError, match=r"decisions\.toml: ") as caught:
        read_decisions(path)
    assert message in str(caught.value)


def test_vehicles(tmp_path):
    assert "NASA SEWP V" in {vehicle.name for vehicle in read_vehicles()}
    path = tmp_path / "vehicles.yaml"
    path.write_text("- name: Made up\n  needs: [order number]\n")
    assert read_vehicles(path)[0].needs == ("order number",)
    path.write_text("- title: Made up\n")
    with pytest.raises(SourceError, match=r"vehicles\.yaml: entry 0\.name"):
        read_vehicles(path)


def test_the_example_files_can_be_read():
    assert read_prices(folder("inventory") / "prices.csv")
    assert read_decisions(folder("inventory") / "decisions.toml")
