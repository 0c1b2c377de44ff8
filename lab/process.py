"""The lab in a process of its own, so that it does not share the caller's interpreter lock."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Self

from lab.errors import LabError

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

STOP_SECONDS = 5


class LabProcess:
    """A running lab, stopped at the end of the ``with`` block or when this process dies.

    :ivar port: the port every device listens on.
    :ivar snmp_port: the UDP port of the SNMP agents, where they were asked for.
    :ivar command_log: the file with every command received, where one was asked for.
    :ivar pid: the process that serves.
    """

    port: int
    snmp_port: int | None
    pid: int

    def __init__(
        self,
        estate: Path | None = None,
        *,
        hosts: int | None = None,
        port: int | None = None,
        login_delay: float = 0.0,
        command_delay: float = 0.0,
        jitter: float = 0.0,
        command_log: Path | None = None,
        snmp_port: int | None = None,
    ) -> None:
        self.command_log = command_log
        options = {
            "--estate": estate,
            "--hosts": hosts,
            "--port": port,
            "--login-delay": login_delay,
            "--command-delay": command_delay,
            "--jitter": jitter,
            "--command-log": command_log,
            "--snmp-port": snmp_port,
        }
        self._command = [sys.executable, "-m", "lab", "--until-eof"]
        for option, value in options.items():
            if value is not None:
                self._command += [option, str(value)]

    def __enter__(self) -> Self:
        """Start the lab and wait until every device listens.

        :raises LabError: it cannot; the message is the lab's own.
        """
        self._errors = TemporaryFile("w+", encoding="utf-8")  # closed in _stop
        # In a group of its own, so that Ctrl-C reaches the caller alone, who then stops the lab.
        self._process = subprocess.Popen(  # noqa: S603  # our own interpreter and module
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            process_group=0,
        )
        self.pid = self._process.pid
        try:
            self.port, self.snmp_port = self._wait_until_it_listens()
        except BaseException:
            self._stop()
            raise
        return self

    def _wait_until_it_listens(self) -> tuple[int, int | None]:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if line:
            where = json.loads(line)
            return where["port"], where["snmp_port"]
        self._process.wait()
        self._errors.seek(0)
        raise LabError(self._errors.read().strip() or "the lab ended at once; run python -m lab")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop the lab."""
        self._stop()

    def _stop(self) -> None:
        process = self._process
        with suppress(OSError):
            process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for stream in (process.stdin, process.stdout, self._errors):
            if stream:
                stream.close()
