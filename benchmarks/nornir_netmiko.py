"""What people run today: a nornir script with netmiko that collects texts from every host."""

from __future__ import annotations

import json
import logging
import os
import sys
from pathlib import Path

from netmiko import ConnectHandler
from nornir import InitNornir
from nornir.core.task import Result, Task

from agent.platforms import platform

logging.getLogger("paramiko").setLevel(logging.CRITICAL)


def collect(task: Task) -> Result:
    """Log in with netmiko and send what netcover sends to such a device."""
    device = platform(task.host.platform or "")
    with ConnectHandler(
        device_type=device.netmiko,
        host=task.host.hostname,
        port=task.host.port,
        username=os.environ["NETCOVER_USERNAME"],
        password=os.environ["NETCOVER_PASSWORD"],
        secret=os.environ["NETCOVER_ENABLE"],
    ) as connection:
        if device.enable:
            connection.enable()
        texts = {c.text: connection.send_command(c.text) for c in device.commands}
    return Result(host=task.host, result=texts)


def main() -> None:
    """``nornir_netmiko.py WORKERS RESULT.json`` in a folder that holds ``inventory/``."""
    nornir = InitNornir(
        runner={"plugin": "threaded", "options": {"num_workers": int(sys.argv[1])}},
        inventory={
            "plugin": "SimpleInventory",
            "options": {
                "host_file": "inventory/hosts.yaml",
                "group_file": "inventory/groups.yaml",
                "defaults_file": "inventory/defaults.yaml",
            },
        },
        logging={"enabled": False},
    )
    results = nornir.run(task=collect)
    failed = sorted(results.failed_hosts)
    texts = {name: result[0].result for name, result in results.items() if name not in failed}
    Path(sys.argv[2]).write_text(json.dumps({"unreached": failed, "texts": texts}))


if __name__ == "__main__":
    main()
