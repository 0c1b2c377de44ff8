from __future__ import annotations

import asyncio
from contextlib import suppress

import asyncssh
import pytest

from lab.faults import FAULTS

PATIENCE = 0.5
SECONDS = 10


def address(small, lab, host):
    return str(small.by_name[host].address), lab.port


def login(small, lab, host):
    known = small.credentials
    return asyncssh.connect(
        *address(small, lab, host),
        username=known.username,
        password=known.password,
        known_hosts=None,
        client_keys=None,
        config=None,
        agent_path=None,
    )


def test_every_fault_says_what_it_does():
    assert sorted(FAULTS) == [
        "down",
        "drop_after_login",
        "hang",
        "hang_after_login",
        "refuse_login",
    ]
    assert all(fault.act.__doc__ and not fault.readable for fault in FAULTS.values())


def test_down_refuses_the_connection(small, lab):
    with pytest.raises(ConnectionRefusedError):
        asyncio.run(asyncio.open_connection(*address(small, lab, "gone")))


def test_hang_accepts_and_says_nothing(small, lab):
    async def run() -> None:
        reader, writer = await asyncio.open_connection(*address(small, lab, "mute"))
        writer.write(b"SSH-2.0-test\r\n")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(1), PATIENCE)
        writer.close()

    asyncio.run(run())


def test_refuse_login_refuses_the_right_password(small, lab):
    async def run() -> None:
        with pytest.raises(asyncssh.PermissionDenied):
            await login(small, lab, "closed")

    asyncio.run(run())


def test_hang_after_login_shows_no_prompt(small, lab):
    async def run() -> None:
        async with login(small, lab, "stuck") as connection:
            shell = await connection.create_process(term_type="vt100")
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(shell.stdout.read(1), PATIENCE)

    asyncio.run(run())


def test_drop_after_login_cuts_the_connection(small, lab):
    async def run() -> None:
        async with login(small, lab, "shaky") as connection:
            # The cut may come before the shell is confirmed, or after.
            with suppress(asyncssh.ConnectionLost, asyncssh.ChannelOpenError):
                shell = await connection.create_process(term_type="vt100")
                assert await asyncio.wait_for(shell.stdout.read(), SECONDS) == ""
            await asyncio.wait_for(connection.wait_closed(), SECONDS)
            assert connection.is_closed()

    asyncio.run(run())
