"""``pytest --update`` rewrites the expected results that lie beside the test cases.

A test that needs a program of the system skips with ``needs PROGRAM``. Where NETCOVER_NO_SKIPS is
set, as in CI, such a skip is a failure.
"""

import os
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update",
        action="store_true",
        help="rewrite expected results from what the code now gives; review the difference",
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest):
    """Compares `text` with the file at `path`, or rewrites that file under ``--update``."""

    def check(text: str, path: Path) -> None:
        if request.config.getoption("--update"):
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"{path} is missing: run pytest --update and review it"
        assert text == path.read_text(encoding="utf-8")

    return check


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    report = yield
    if (
        report.skipped
        and os.environ.get("NETCOVER_NO_SKIPS")
        and isinstance(report.longrepr, tuple)
    ):
        reason = report.longrepr[2].removeprefix("Skipped: ")
        if reason.startswith("needs "):
            report.outcome = "failed"
            report.longrepr = f"{item.nodeid}: {reason}, and NETCOVER_NO_SKIPS is set"
    return report
