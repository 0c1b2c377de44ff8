from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from lab.errors import LabError
from lab.process import LabProcess

PATIENCE = 10


def listening(small, port: int) -> bool:
    with socket.socket() as sock:
        return sock.connect_ex((str(small.hosts[0].address), port)) == 0


def wait_until_silent(small, port: int) -> bool:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if not listening(small, port):
            return True
        time.sleep(0.05)
    return False


def test_it_listens_inside_the_block_and_not_after(small, small_file):
    with LabProcess(small_file, port=0) as lab:
        assert listening(small, lab.port)
    assert not listening(small, lab.port)


def test_it_stops_when_the_block_fails(small, small_file):
    with pytest.raises(KeyboardInterrupt), LabProcess(small_file, port=0) as lab:
        raise KeyboardInterrupt
    assert not listening(small, lab.port)


def test_it_stops_when_its_parent_dies(small, small_file):
    parent = (
        "import os, pathlib, sys\n"
        "from lab.process import LabProcess\n"
        "lab = LabProcess(pathlib.Path(sys.argv[1]), port=0).__enter__()\n"
        "print(lab.port, flush=True)\n"
        "os._exit(1)\n"
    )
    done = subprocess.run(  # our own interpreter
        [sys.executable, "-c", parent, str(small_file)],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        timeout=60,
    )
    assert wait_until_silent(small, int(done.stdout))


def test_a_larger_estate(small_file):
    with LabProcess(small_file, hosts=40, port=0) as lab, socket.socket() as sock:
        assert sock.connect_ex(("127.21.0.40", lab.port)) == 0


def test_a_taken_port_is_one_clear_error(small, small_file):
    with LabProcess(small_file, port=0) as lab:
        with pytest.raises(LabError) as error, LabProcess(small_file, port=lab.port):
            raise AssertionError
        assert str(error.value) == (
            f"port {lab.port} cannot be used on {small.hosts[0].address}: Address already in use; "
            "stop what holds it or choose another port"
        )


def test_a_wrong_estate_is_told_in_its_own_words(tmp_path):
    with pytest.raises(LabError, match="cannot be read: No such file"), LabProcess(tmp_path / "no"):
        raise AssertionError


def test_a_log_that_cannot_be_written(small_file, tmp_path):
    with (
        pytest.raises(LabError, match="the command log cannot be written"),
        LabProcess(small_file, port=0, command_log=tmp_path / "no" / "log"),
    ):
        raise AssertionError


def test_ctrl_c_ends_it_quietly(small_file):
    process = subprocess.Popen(  # our own interpreter
        [sys.executable, "-m", "lab", "--estate", str(small_file), "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    process.stdout.readline()
    os.kill(process.pid, signal.SIGINT)
    out, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out, errors) == (0, "", "")
