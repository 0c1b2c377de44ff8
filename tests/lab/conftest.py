from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lab.estate import load_estate
from lab.process import LabProcess

if TYPE_CHECKING:
    from pathlib import Path

    from lab.estate import Estate

SMALL = """
schema: netcover/estate/1
network: 127.21.0.0/24
sites: [lab]
hosts:
  - name: sw1
    site: lab
    platform: catalyst_9300
    version: 17.9.4a
    pid: C9300-24T
    serial: TST9901A0A1
  - name: sw2
    site: lab
    platform: catalyst_9300
    version: 17.9.4a
    members:
      - {pid: C9300-48P, serial: TST9901A0B1, role: standby}
      - {pid: C9300-48P, serial: TST9901A0B2, role: active}
      - {pid: C9300-24T, provisioned: true}
    stack_cables:
      - {pid: STACK-T1-50CM, serial: TST9901C0A1}
      - {pid: STACK-T1-50CM, serial: TST9901C0A2}
  - name: wlc
    site: lab
    platform: catalyst_9800
    version: 17.9.4a
    pid: C9800-CL-K9
    serial: 9TST9901VM1
    access_points:
      - {name: "ap-{n:02}", count: 3, pid: C9120AXI-E, serial: "TST9901P{n:03}"}
  - name: fw1
    site: lab
    platform: asa
    version: 9.14(4)24
    pid: ASA5525
    serial: TST9901F0A1
    board_serial: TST9901F0A2
    failover: {mate: fw2}
  - name: fw2
    site: lab
    platform: asa
    version: 9.14(4)24
    pid: ASA5525
    serial: TST9901F0B1
  - name: fw3
    site: lab
    platform: asa
    version: 9.16(4)57
    pid: FPR-1140
    serial: TST9901F0C1
    failover: {mate: {pid: FPR-1140, serial: TST9901F0C2}}
  - name: fx1
    site: lab
    platform: fxos
    version: 2.12(0.498)
    pid: FPR-4110-K9
    serial: TST9901X0A1
    security_modules: [{slot: 1, pid: FPR4K-SM-12, serial: TST9901X0A2}]
  - {name: ftd1, site: lab, platform: ftd, version: 7.2.5, build: 208, chassis: fx1}
  - name: gone
    site: lab
    platform: ftd
    version: 7.2.5
    pid: FPR-1010
    serial: TST9901G0A1
    fault: down
  - name: closed
    site: lab
    platform: asa
    version: 9.16(4)57
    pid: ASA5506
    serial: TST9901G0A2
    fault: refuse_login
  - name: mute
    site: lab
    platform: asa
    version: 9.16(4)57
    pid: ASA5506
    serial: TST9901G0A3
    fault: hang
  - name: stuck
    site: lab
    platform: asa
    version: 9.16(4)57
    pid: ASA5506
    serial: TST9901G0A4
    fault: {hang: {at: prompt}}
  - name: shaky
    site: lab
    platform: asa
    version: 9.16(4)57
    pid: ASA5506
    serial: TST9901G0A5
    fault: {drop: {at: prompt}}
"""  # one host a line


@pytest.fixture(scope="session")
def small_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("estate") / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def small(small_file: Path) -> Estate:
    return load_estate(small_file)


@pytest.fixture(scope="module")
def lab(small_file: Path, tmp_path_factory: pytest.TempPathFactory):
    log = tmp_path_factory.mktemp("lab") / "commands.jsonl"
    with LabProcess(small_file, port=0, command_log=log) as running:
        yield running
