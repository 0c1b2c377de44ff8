"""Real logins over real SSH, one keystroke after the other."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import asyncssh
import pytest
from netmiko import ConnectHandler
from netmiko.exceptions import NetmikoAuthenticationException

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from lab.estate import Estate
    from lab.process import LabProcess

SECONDS = 10
NETMIKO = {
    "catalyst_9300": ("cisco_xe", {}),
    "catalyst_9800": ("cisco_xe", {}),
    "asa": ("cisco_asa", {"allow_auto_change": False}),
    "ftd": ("cisco_ftd", {}),
    "fxos": ("cisco_ios", {}),
}


class Terminal:
    """What a person sees and types."""

    def __init__(self, process: asyncssh.SSHClientProcess[str]) -> None:
        self._process = process

    async def until(self, end: str) -> str:
        """Everything up to and including `end`."""
        return await asyncio.wait_for(self._process.stdout.readuntil(end), SECONDS)

    async def until_closed(self) -> str:
        return await asyncio.wait_for(self._process.stdout.read(), SECONDS)

    def type(self, text: str) -> None:
        self._process.stdin.write(text)


def login(estate: Estate, lab: LabProcess, host: str, password: str | None = None):
    return asyncssh.connect(
        str(estate.by_name[host].address),
        lab.port,
        username=estate.credentials.username,
        password=password or estate.credentials.password,
        known_hosts=None,
        client_keys=None,
        config=None,
        agent_path=None,
    )


def talk(
    estate: Estate,
    lab: LabProcess,
    host: str,
    dialogue: Callable[[Terminal], Awaitable[None]],
    rows: int = 1000,
) -> None:
    async def run() -> None:
        async with login(estate, lab, host) as connection:
            shell = await connection.create_process(term_type="vt100", term_size=(80, rows))
            await dialogue(Terminal(shell))

    asyncio.run(run())


def commands(lab: LabProcess, host: str) -> list[str]:
    entries = map(json.loads, lab.command_log.read_text(encoding="utf-8").splitlines())
    return [entry["command"] for entry in entries if entry["host"] == host]


def test_ios_xe_enable_and_command(small, lab):
    async def dialogue(terminal):
        assert await terminal.until("sw1>") == "sw1>"
        terminal.type("enable\r")
        assert await terminal.until("Password: ") == "enable\r\nPassword: "
        terminal.type(small.credentials.enable_secret + "\r")
        assert await terminal.until("sw1#") == "\r\nsw1#"
        terminal.type("show inventory\r")
        text = await terminal.until("sw1#")
        assert "PID: C9300-24T         , VID: V01  , SN: TST9901A0A1\r\n" in text
        assert text.startswith("show inventory\r\n")

    talk(small, lab, "sw1", dialogue)


def test_a_wrong_secret(small, lab):
    async def dialogue(terminal):
        terminal.type("enable\r")
        for _ in range(3):
            await terminal.until("Password: ")
            terminal.type("wrong\r")
        assert await terminal.until("sw1>") == "\r\n% Access denied\r\n\r\nsw1>"

    talk(small, lab, "sw1", dialogue)


def test_a_wrong_secret_on_asa(small, lab):
    async def dialogue(terminal):
        terminal.type("enable\r")
        await terminal.until("Password: ")
        terminal.type("wrong\r")
        assert await terminal.until("Password: ") == "\r\nInvalid password\r\nPassword: "

    talk(small, lab, "fw1", dialogue)


def test_every_character_is_echoed_as_it_comes(small, lab):
    async def dialogue(terminal):
        await terminal.until("sw1>")
        for key in "showx":
            terminal.type(key)
            assert await terminal.until(key) == key
        terminal.type("\x7f version\r")
        assert await terminal.until("\r\n") == "\b \b version\r\n"
        assert (await terminal.until("sw1>")).startswith("Cisco IOS XE Software, Version 17.09.04a")

    talk(small, lab, "sw1", dialogue)


def test_ctrl_c_abandons_the_line(small, lab):
    async def dialogue(terminal):
        await terminal.until("sw1>")
        terminal.type("rubbish\x03show switch\r\n")
        assert "Switch/Stack Mac Address" in await terminal.until("sw1>")

    talk(small, lab, "sw1", dialogue)


@pytest.mark.parametrize(
    ("host", "command", "answer"),
    [
        ("sw1", "show foo", " " * 9 + "^\r\n% Invalid input detected at '^' marker.\r\n\r\nsw1>"),
        (
            "sw1",
            "show license all",
            " " * 9 + "^\r\n% Invalid input detected at '^' marker.\r\n\r\nsw1>",
        ),
        (
            "fw1",
            "foo",
            " " * 5 + "^\r\nERROR: % Invalid input detected at '^' marker.\r\nfw1> ",
        ),
        ("ftd1", "show foo", "Syntax error: Illegal parameter\r\n> "),
        ("fx1", "show foo", " " * 10 + "^\r\n% Invalid Command at '^' marker\r\nfx1# "),
    ],
)
def test_what_a_device_does_not_know(small, lab, host, command, answer):
    prompt = answer.rpartition("\n")[2]

    async def dialogue(terminal):
        await terminal.until(prompt)
        terminal.type(command + "\r")
        assert await terminal.until(prompt) == f"{command}\r\n{answer}"

    talk(small, lab, host, dialogue)


def test_ios_xe_pages_by_the_height_of_the_terminal(small, lab):
    async def dialogue(terminal):
        await terminal.until("sw1>")
        terminal.type("show version\r")
        await terminal.until("\r\n")
        page = await terminal.until(" --More-- ")
        assert page.count("\r\n") == 9
        terminal.type("\r")
        line = await terminal.until(" --More-- ")
        assert line.startswith("\b" * 9 + " " * 9 + "\b" * 9)
        assert line.count("\r\n") == 1
        terminal.type(" ")
        assert (await terminal.until(" --More-- ")).count("\r\n") == 9
        terminal.type("q")
        assert await terminal.until("sw1>") == "\b" * 9 + " " * 9 + "\b" * 9 + "sw1>"
        terminal.type("terminal length 0\r")
        await terminal.until("sw1>")
        terminal.type("show version\r")
        assert "--More--" not in await terminal.until("sw1>")

    talk(small, lab, "sw1", dialogue, rows=10)


def test_asa_pages_until_its_pager_is_off(small, lab):
    async def dialogue(terminal):
        await terminal.until("fw1> ")
        terminal.type("show version\r")
        await terminal.until("<--- More --->")
        terminal.type(" ")
        assert (await terminal.until("<--- More --->")).startswith("\r" + " " * 14 + "\r")
        terminal.type("q")
        await terminal.until("fw1> ")
        terminal.type("terminal pager 0\r")
        await terminal.until("fw1> ")
        terminal.type("show version\r")
        assert "More" not in await terminal.until("fw1> ")

    talk(small, lab, "fw1", dialogue, rows=24)


def test_a_pair_shares_its_name_and_ftd_its_prompt(small, lab):
    async def standby(terminal):
        assert "logged in to fw1" in await terminal.until("fw1> ")

    async def ftd(terminal):
        await terminal.until("> ")
        terminal.type("show failover\r")
        assert "Failover Off" in await terminal.until("> ")

    talk(small, lab, "fw2", standby)
    talk(small, lab, "ftd1", ftd)


@pytest.mark.parametrize("word", ["exit", "quit", "logout"])
def test_leaving(small, lab, word):
    async def dialogue(terminal):
        await terminal.until("fx1# ")
        terminal.type(word + "\r")
        assert await terminal.until_closed() == f"{word}\r\n"

    talk(small, lab, "fx1", dialogue)


def test_a_wrong_password_is_refused(small, lab):
    async def run() -> None:
        with pytest.raises(asyncssh.PermissionDenied):
            async with login(small, lab, "sw1", password="wrong"):
                raise AssertionError

    asyncio.run(run())


def test_the_log_has_every_command_and_no_secret(small, lab):
    async def dialogue(terminal):
        await terminal.until("wlc>")
        terminal.type("enable\r")
        await terminal.until("Password: ")
        terminal.type(small.credentials.enable_secret + "\r")
        await terminal.until("wlc#")
        terminal.type("  show   ap summary \r")
        await terminal.until("wlc#")
        terminal.type(small.credentials.enable_secret + "\r")
        await terminal.until("wlc#")

    talk(small, lab, "wlc", dialogue)
    assert commands(lab, "wlc") == ["enable", "***", "show ap summary", "***"]
    text = lab.command_log.read_text(encoding="utf-8")
    assert small.credentials.enable_secret not in text
    assert small.credentials.password not in text


def test_many_sessions_at_once(small, lab):
    async def one(host: str, prompt: str) -> str:
        async with login(small, lab, host) as connection:
            terminal = Terminal(await connection.create_process(term_type="vt100"))
            await terminal.until(prompt)
            terminal.type("show version\r")
            return await terminal.until(prompt)

    async def run() -> list[str]:
        logins = [one(*device) for device in (("fx1", "fx1# "), ("ftd1", "> ")) for _ in range(10)]
        return await asyncio.gather(*logins)

    assert all("ersion" in text for text in asyncio.run(run()))


def netmiko(small, lab, host, device_type, **options):
    known = small.credentials
    return ConnectHandler(
        device_type=device_type,
        host=str(small.by_name[host].address),
        port=lab.port,
        username=known.username,
        password=known.password,
        secret=known.enable_secret,
        **options,
    )


@pytest.mark.parametrize(
    ("host", "command", "expected"),
    [
        ("sw1", "show inventory", "SN: TST9901A0A1"),
        ("wlc", "show ap config general", "TST9901P003"),
        ("fw1", "failover exec mate show inventory", "SN: TST9901F0B1"),
        ("ftd1", "show serial-number", "TST9901X0A2"),
        ("fx1", "show chassis inventory", "TST9901X0A1"),
    ],
)
def test_netmiko_logs_in_and_reads(small, lab, host, command, expected):
    device_type, options = NETMIKO[small.by_name[host].platform]
    with netmiko(small, lab, host, device_type, **options) as connection:
        if device_type == "cisco_xe":
            connection.enable()
        assert expected in connection.send_command(command)


def test_netmiko_needs_no_option_on_asa(small, lab):
    with netmiko(small, lab, "fw3", "cisco_asa") as connection:
        assert "TST9901F0C1" in connection.send_command("show inventory")


def test_netmiko_sees_a_refused_login(small, lab):
    with pytest.raises(NetmikoAuthenticationException):
        netmiko(small, lab, "closed", "cisco_asa")
