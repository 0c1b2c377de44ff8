import os
import subprocess
import sys
from pathlib import Path

import pytest

from lab.estate import load_estate
from lab.inventory import write_inventory
from lab.process import LabProcess

HERE = Path(__file__).parent
ESTATE = HERE / "estate.yaml"
LOGIN = load_estate(ESTATE).credentials


class Project:
    """A user's working folder: netcover runs in it, with the lab's credentials."""

    def __init__(self, folder):
        self.folder = folder

    def start(self, *words, **environment):
        """Start ``netcover words...`` as a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "agent", *map(str, words)],
            cwd=self.folder,
            env=self.environment(environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words, **environment):
        """Run ``netcover words...`` to its end."""
        return subprocess.run(
            [sys.executable, "-m", "agent", *map(str, words)],
            cwd=self.folder,
            env=self.environment(environment),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            stdin=subprocess.DEVNULL,
        )

    @staticmethod
    def environment(changes):
        credentials = {
            "NETCOVER_USERNAME": LOGIN.username,
            "NETCOVER_PASSWORD": LOGIN.password,
            "NETCOVER_ENABLE": LOGIN.enable_secret,
            "NETCOVER_SWEEP__TIMEOUT": "5",
            "PYTHONPATH": str(HERE.parent.parent),
        }
        kept = {k: v for k, v in os.environ.items() if not k.startswith("NETCOVER_")}
        return {k: v for k, v in (kept | credentials | changes).items() if v is not None}


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    log = tmp_path_factory.mktemp("lab") / "commands.jsonl"
    with LabProcess(ESTATE, port=0, command_log=log) as running:
        yield running


@pytest.fixture(scope="session")
def swept(lab, tmp_path_factory):
    """A folder in which the small estate was swept and its files were imported."""
    made = Project(tmp_path_factory.mktemp("swept"))
    write_inventory(load_estate(ESTATE), made.folder / "inventory", lab.port)
    made.sweep = made.run("sweep", "-o", "sweep.json")
    made.contracts = made.run("import", "contracts", HERE / "contracts.csv")
    made.eox = made.run("import", "eox", HERE / "eox.csv")
    return made
