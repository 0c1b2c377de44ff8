"""Each fault as a client sees it, over real SSH."""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import asynccontextmanager, suppress
from io import StringIO

import asyncssh
import pytest
import yaml

from lab.errors import EstateError
from lab.estate import load_estate
from lab.faults import FAULTS
from lab.keys import host_keys
from lab.schema import Credentials
from lab.server import start

PATIENCE = 0.4
SETS = ("first", "replaced")
SECONDS = 20

SWITCH = {"platform": "catalyst_9300", "version": "17.9.4a", "pid": "C9300-24T"}
FIREWALL = {"platform": "asa", "version": "9.16(4)57", "pid": "FPR-1140"}
LOST = (asyncssh.ConnectionLost, asyncssh.ChannelOpenError, ConnectionResetError, BrokenPipeError)


class Visit:
    """A lab of one or two devices, and what is done to the first."""

    def __init__(self, lab, log):
        self.lab = lab
        self.host = lab.estate.hosts[0]
        self.address = str(self.host.address), lab.port
        self._log = log

    def login(self, **options):
        known = self.lab.estate.credentials
        options = {
            "username": known.username,
            "password": known.password,
            "known_hosts": None,
            "client_keys": None,
            "config": None,
            "agent_path": None,
        } | options
        return asyncssh.connect(*self.address, **options)

    @asynccontextmanager
    async def terminal(self, **options):
        async with self.login(**options) as connection:
            yield Terminal(
                await connection.create_process(
                    term_type="vt100", term_size=(80, 1000), encoding=None
                )
            )

    @property
    def log(self):
        entries = map(json.loads, self._log.getvalue().splitlines())
        return [(entry["state"], entry["command"]) for entry in entries]


class Terminal:
    """What a person sees and types; single bytes that are no text are kept."""

    def __init__(self, process):
        self._process = process

    async def until(self, end):
        """Everything up to and including `end`."""
        read = self._process.stdout.readuntil(end.encode())
        return (await asyncio.wait_for(read, SECONDS)).decode(errors="surrogateescape")

    async def pieces(self, end):
        """What comes at once, time after time, up to `end`."""
        last = b""
        while not last.endswith(end.encode()):
            piece = await asyncio.wait_for(self._process.stdout.read(1 << 16), SECONDS)
            last = last[-100:] + piece
            yield piece

    async def rest(self):
        """Everything to the end of the session."""
        text = await asyncio.wait_for(self._process.stdout.read(), SECONDS)
        return text.decode(errors="surrogateescape")

    async def silent(self):
        """Whether nothing comes any more."""
        try:
            await asyncio.wait_for(self._process.stdout.read(1), PATIENCE)
        except TimeoutError:
            return True
        return False

    def type(self, text):
        self._process.stdin.write(text.encode())


def visit(tmp_path, fault, dialogue, host=SWITCH, peers=(), **top):
    """Run `dialogue` on a host with `fault`."""
    entry = {"name": "sw1", "site": "lab", "serial": "TST9903A001", **host, "fault": fault}
    estate = {
        "schema": "netcover/estate/1",
        "network": "127.23.0.0/24",
        "sites": ["lab"],
        "hosts": [entry, *peers],
    } | top
    path = tmp_path / "estate.yaml"
    path.write_text(yaml.safe_dump(estate), encoding="utf-8")

    async def run():
        log = StringIO()
        lab = await start(load_estate(path), port=0, command_log=log)
        try:
            here = Visit(lab, log)
            await asyncio.wait_for(dialogue(here), SECONDS)
        finally:
            await lab.close()

    asyncio.run(run())


def test_every_fault_says_what_it_does_and_what_follows():
    assert all(kind.__doc__ for kind in FAULTS.values())
    assert all(kind().outcomes for kind in FAULTS.values())
    assert len(FAULTS) > 30


# How a fault is written.


def one(fault, **host):
    return {
        "schema": "netcover/estate/1",
        "sites": ["lab"],
        "hosts": [
            {"name": "a", "site": "lab", "serial": "TST9903A001", **SWITCH, "fault": fault, **host}
        ],
    }


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        ("lazy", "'lazy' is not known; known: asks_again, "),
        (["down", 7], "7 is not known; known: "),
        ({"hang": {"where": "prompt"}}, "hang.where is not known; hang takes at, after"),
        ({"hang": {"at": "show foo"}}, "'show foo' is neither a step nor a command of catalyst"),
        ({"flood": {"megabytes": 0}}, "flood.megabytes: Input should be greater than or equal"),
        ({"down": {"down": "x"}}, "down.down is not known; down takes seconds"),
        ({"refuse_login": {"x": 1}}, "refuse_login.x is not known; refuse_login takes no param"),
    ],
)
def test_a_fault_that_makes_no_sense(tmp_path, fault, problem):
    path = tmp_path / "estate.yaml"
    path.write_text(yaml.safe_dump(one(fault)), encoding="utf-8")
    with pytest.raises(EstateError, match=re.escape(f"{path}: a: fault: {problem}")):
        load_estate(path)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (one("slow_output"), ("readable",)),
        (one(["slow_output", {"hang": {"at": "login"}}]), ("auth_timeout",)),
        (one({"down": {"seconds": 2}}), ("readable", "refused")),
        (one([], inventory_platform="asa"), ("wrong_platform",)),
        (one("command_refused", expect="readable"), ("readable",)),
        (one("flood", expect=["truncated", "readable"]), ("truncated", "readable")),
        (one([]), ("readable",)),
    ],
)
def test_what_is_expected_of_a_sweep(tmp_path, entry, expected):
    path = tmp_path / "estate.yaml"
    path.write_text(yaml.safe_dump(entry), encoding="utf-8")
    assert load_estate(path).expectations() == {"a": expected}


def test_an_outcome_that_is_none(tmp_path):
    path = tmp_path / "estate.yaml"
    path.write_text(yaml.safe_dump(one([], expect="fine")), encoding="utf-8")
    with pytest.raises(EstateError, match="a: expect"):
        load_estate(path)


# The listener.


def test_down_refuses_the_connection_and_may_come_back(tmp_path):
    async def down(here):
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(*here.address)

    async def comes_back(here):
        await down(here)
        await asyncio.sleep(0.4)
        async with here.terminal() as terminal:
            await terminal.until("sw1>")

    visit(tmp_path, "down", down)
    visit(tmp_path, {"down": {"seconds": 0.3}}, comes_back)


def test_the_first_connections_are_reset(tmp_path):
    async def dialogue(here):
        for _ in range(2):
            with pytest.raises(LOST):
                await here.login()
        async with here.terminal() as terminal:
            await terminal.until("sw1>")

    visit(tmp_path, "refuse_first", dialogue)


# cryptography warns of finite-field Diffie-Hellman, which is all that such a device has.
@pytest.mark.filterwarnings("ignore:Diffie-Hellman over finite fields")
@pytest.mark.parametrize("kex", ["diffie-hellman-group14-sha1", "diffie-hellman-group1-sha1"])
@pytest.mark.parametrize("cipher", ["aes128-cbc", "3des-cbc"])
def test_an_old_device_speaks_with_those_who_speak_old(tmp_path, kex, cipher):
    async def dialogue(here):
        with pytest.raises(asyncssh.KeyExchangeFailed):
            await here.login(kex_algs=["curve25519-sha256"])
        old = {"kex_algs": [kex], "encryption_algs": [cipher], "mac_algs": ["hmac-sha1"]}
        async with here.login(**old, server_host_key_algs=["ssh-rsa"]) as connection:
            assert connection.get_server_host_key().get_algorithm() == "ssh-rsa"

    visit(tmp_path, {"old_ssh": {"key_exchange": kex, "cipher": cipher}}, dialogue)


def test_no_algorithm_is_common(tmp_path):
    async def dialogue(here):
        with pytest.raises(asyncssh.KeyExchangeFailed):
            await here.login(kex_algs="+diffie-hellman-group1-sha1")

    visit(tmp_path, "no_common_algorithm", dialogue)


@pytest.mark.parametrize(("connections", "changes"), [(0, 0), (1, 1), (2, 2)])
def test_the_host_key_changes(tmp_path, connections, changes):
    async def dialogue(here):
        keys = []
        for _ in range(3):
            async with here.login() as connection:
                keys.append(connection.get_server_host_key().get_fingerprint())
        made = {key.get_fingerprint(): name for name in SETS for key in host_keys(name)}
        assert [made[key] for key in keys] == ["first"] * changes + ["replaced"] * (3 - changes)

    visit(tmp_path, {"changed_host_key": {"connections": connections}}, dialogue)


# Going silent or away.


@pytest.mark.parametrize(("at", "said"), [("connect", b""), ("banner", b"SSH-2.0-Cisco-1.25\r\n")])
@pytest.mark.parametrize("fault", ["hang", "drop", "reset"])
def test_the_end_comes_before_ssh(tmp_path, fault, at, said):
    async def dialogue(here):
        reader, writer = await asyncio.open_connection(*here.address)
        if fault == "hang":
            assert await reader.read(len(said)) == said
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(reader.read(1), PATIENCE)
        elif fault == "drop":
            assert await reader.read() == said
        else:
            assert await reader.read(len(said)) == said
            with pytest.raises(ConnectionResetError):
                await reader.read(1)
        writer.close()

    visit(tmp_path, {fault: {"at": at}}, dialogue)


@pytest.mark.parametrize("at", ["kex", "login"])
@pytest.mark.parametrize("fault", ["hang", "drop", "reset"])
def test_the_end_comes_at_the_login(tmp_path, fault, at):
    async def dialogue(here):
        if fault == "hang":
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(here.login(), PATIENCE)
        else:
            with pytest.raises(LOST):
                await here.login()

    visit(tmp_path, {fault: {"at": at}}, dialogue)


@pytest.mark.parametrize("at", ["prompt", "enable", "secret", "show inventory"])
@pytest.mark.parametrize("fault", ["hang", "drop", "reset"])
def test_the_end_comes_in_the_session(tmp_path, fault, at):
    async def until_the_end(here, terminal):
        if at == "prompt":
            return
        await terminal.until("sw1>")
        if at in {"enable", "secret"}:
            terminal.type("enable\r")
        if at == "secret":
            await terminal.until("Password: ")
            terminal.type(here.lab.estate.credentials.enable_secret + "\r")
        if at == "show inventory":
            terminal.type(f"{at}\r")
            assert (await terminal.until('"c93xx Stack"')).startswith(f"{at}\r\nNAME")

    async def dialogue(here):
        if fault == "hang":
            async with here.terminal() as terminal:
                await until_the_end(here, terminal)
                with suppress(asyncio.IncompleteReadError):
                    assert not await asyncio.wait_for(terminal.until("sw1#"), PATIENCE)
            return
        with suppress(*LOST):
            async with here.terminal() as terminal:
                await until_the_end(here, terminal)
                assert "sw1" not in await terminal.rest()
        assert ("prompt", "exit") not in here.log

    if fault == "hang":
        with pytest.raises(TimeoutError):
            visit(tmp_path, {fault: {"at": at, "after": 20}}, dialogue)
    else:
        visit(tmp_path, {fault: {"at": at, "after": 20}}, dialogue)


def test_what_is_typed_into_silence_is_noted(tmp_path):
    async def dialogue(here):
        async with here.terminal() as terminal:
            terminal.type(f"show version\r{here.lab.estate.credentials.enable_secret}")
            assert await terminal.silent()
        await asyncio.sleep(0.05)
        assert here.log == [("silent", "show version"), ("silent", "***")]

    visit(tmp_path, {"hang": {"at": "prompt"}}, dialogue)


# The login.


def test_every_login_is_refused(tmp_path):
    async def dialogue(here):
        with pytest.raises(asyncssh.PermissionDenied):
            await here.login()

    visit(tmp_path, "refuse_login", dialogue)


def test_a_slow_login_succeeds(tmp_path):
    async def dialogue(here):
        started = asyncio.get_running_loop().time()
        async with here.login():
            assert asyncio.get_running_loop().time() - started >= 0.2

    visit(tmp_path, {"slow_login": {"seconds": 0.2}}, dialogue)


class BothWays(asyncssh.SSHClient):
    """A client that tries each way once; asyncssh's own gives its password away only once."""

    def __init__(self):
        self._left = {"password", "keyboard-interactive"}

    def password_auth_requested(self):
        if "password" not in self._left:
            return None
        self._left.remove("password")
        return Credentials().password

    def kbdint_auth_requested(self):
        if "keyboard-interactive" not in self._left:
            return None
        self._left.remove("keyboard-interactive")
        return ""

    def kbdint_challenge_received(self, name, instructions, lang, prompts):
        return [Credentials().password for _ in prompts]


@pytest.mark.parametrize(
    ("offers", "takes", "works"),
    [
        (["keyboard-interactive"], ["keyboard-interactive"], {"keyboard-interactive"}),
        (["password"], ["password"], {"password"}),
        (["password", "keyboard-interactive"], ["password"], {"password", "both"}),
        (
            ["password", "keyboard-interactive"],
            ["keyboard-interactive"],
            {"keyboard-interactive", "both"},
        ),
        (["password"], ["keyboard-interactive"], set()),
    ],
)
def test_ways_to_log_in(tmp_path, offers, takes, works):
    tries = {
        "password": {"kbdint_auth": False},
        "keyboard-interactive": {"password_auth": False},
        "both": {"client_factory": BothWays, "password": None},
    }

    async def dialogue(here):
        found = set()
        for name, options in tries.items():
            with suppress(asyncssh.PermissionDenied):
                async with here.login(**options):
                    found.add(name)
        assert found == works | ({"both"} if works else set())

    visit(tmp_path, {"login_methods": {"offers": offers, "takes": takes}}, dialogue)


def test_a_device_throttles_its_logins(tmp_path):
    async def dialogue(here):
        for _ in range(2):
            async with here.login():
                pass
        with pytest.raises(LOST):
            await here.login()

    visit(tmp_path, {"throttle": {"logins": 2, "seconds": 60}}, dialogue)


def test_the_aaa_server_throttles_all_devices_together(tmp_path):
    peer = {"name": "sw2", "site": "lab", "serial": "TST9903A002", **SWITCH}

    async def dialogue(here):
        async with here.login():
            pass
        here.address = str(here.lab.estate.by_name["sw2"].address), here.lab.port
        with pytest.raises(LOST):
            await here.login()

    aaa = {"logins": 1, "seconds": 60}
    visit(tmp_path, [], dialogue, peers=[peer], aaa=aaa)
    visit(tmp_path, "slow_output", dialogue, peers=[peer], aaa=aaa)


# Between login and prompt.


def test_a_password_change_is_asked_for(tmp_path):
    async def dialogue(here):
        async with here.terminal() as terminal:
            await terminal.until("Your password has expired.\r\nEnter new password: ")
            assert await terminal.silent()
            terminal.type("show version\r")
            await terminal.until("Re-enter new password: ")
            terminal.type("show version\r")
            await terminal.until("sw1>")
        assert here.log == [("password_change", "***")] * 2

    visit(tmp_path, "password_change", dialogue)


def test_a_password_change_is_asked_for_by_ssh_itself(tmp_path):
    class Obedient(asyncssh.SSHClient):
        def password_change_requested(self, prompt, lang):
            assert prompt.startswith("Your password has expired.")
            return Credentials().password, "new"

    async def dialogue(here):
        with pytest.raises(asyncssh.PermissionDenied):
            await here.login()
        assert here.log == []
        with pytest.raises(asyncssh.PermissionDenied):
            await here.login(client_factory=Obedient)
        assert here.log == [("password_change", "***")]

    visit(tmp_path, {"password_change": {"in_login": True}}, dialogue)


@pytest.mark.parametrize(("typed", "goes_on"), [("y", True), ("", False), ("show version", False)])
def test_terms_are_to_be_accepted(tmp_path, typed, goes_on):
    async def dialogue(here):
        async with here.terminal() as terminal:
            await terminal.until("Accept? [y/n] ")
            assert await terminal.silent()
            terminal.type(f"{typed}\r")
            if goes_on:
                await terminal.until("sw1>")
            else:
                assert await terminal.rest() == f"{typed}\r\n"
        assert here.log == [("terms", typed)]

    visit(tmp_path, "terms", dialogue)


def test_a_shell_is_no_device(tmp_path):
    async def dialogue(here):
        async with here.terminal() as terminal:
            await terminal.until("admin@host:~$ ")
            terminal.type("show version\r")
            text = await terminal.until("admin@host:~$ ")
            assert text.startswith("show version\r\n-bash: show: command not found\r\n")
            terminal.type("exit\r")
            await terminal.rest()
        assert here.log == [("shell", "show version"), ("shell", "exit")]

    visit(tmp_path, "linux_shell", dialogue)


def test_half_a_line_is_noted_too(tmp_path):
    async def dialogue(here):
        async with here.terminal() as terminal:
            await terminal.until("$ ")
            terminal.type("rel")
            await terminal.until("rel")
        await asyncio.sleep(0.05)
        assert here.log == [("shell", "rel")]

    visit(tmp_path, "linux_shell", dialogue)


def test_return_is_needed(tmp_path):
    async def dialogue(here):
        async with here.terminal() as terminal:
            await terminal.until("Press RETURN to get started.\r\n")
            assert await terminal.silent()
            terminal.type("\r")
            await terminal.until("sw1>")
        assert here.log == [("return", "")]

    visit(tmp_path, "needs_return", dialogue)


def test_a_banner_looks_like_a_prompt(tmp_path):
    async def dialogue(here):
        async with here.terminal() as terminal:
            await terminal.until("\r\nswitch#")
            assert await terminal.until("sw1>") == "\r\nsw1>"

    visit(tmp_path, "banner_like_prompt", dialogue)


def test_a_message_of_the_day_holds_the_prompt(tmp_path):
    async def dialogue(here):
        async with here.terminal() as terminal:
            text = await terminal.until("\r\n\r\nsw1>")
            assert "\r\nsw1>\r\n" in text
            assert "Authorised users only #\r\n" in text
            assert "intranet >\r\n" in text

    visit(tmp_path, "motd", dialogue)


# The prompt.


def test_an_odd_hostname(tmp_path):
    async def dialogue(here):
        async with here.terminal() as terminal:
            await terminal.until("core#1>a>")
            terminal.type("show version\r")
            assert "core#1>a uptime is" in await terminal.until("core#1>a>")

    visit(tmp_path, "odd_hostname", dialogue)


async def privileged(here, terminal, prompt):
    await terminal.until("sw1>")
    terminal.type("enable\r")
    await terminal.until("Password: ")
    terminal.type(here.lab.estate.credentials.enable_secret + "\r")
    await terminal.until(prompt)


def test_the_prompt_changes_with_enable(tmp_path):
    async def dialogue(here):
        async with here.terminal() as terminal:
            await privileged(here, terminal, "\nsw1/pri/act#")

    visit(tmp_path, "prompt_change", dialogue)
    visit(tmp_path, "prompt_change", dialogue, FIREWALL)


def test_the_prompt_comes_in_pieces(tmp_path):
    async def dialogue(here):
        async with here.terminal() as terminal:
            await terminal.until("s")
            assert await terminal.silent() is False
            assert await terminal.until(">") == "1>"

    visit(tmp_path, {"prompt_in_pieces": {"size": 1, "seconds": 0.1}}, dialogue)


def test_a_line_of_output_is_the_prompt(tmp_path):
    async def dialogue(here):
        async with here.terminal() as terminal:
            await terminal.until("sw1>")
            terminal.type("show inventory\r")
            await terminal.until("\r\nsw1>\r\n")
            assert "PID: " in await terminal.until("sw1>")
            terminal.type("show version\r")
            assert "sw1>\r\n" not in await terminal.until("sw1>")

    visit(tmp_path, {"prompt_in_output": {"command": "show inventory"}}, dialogue)


def test_the_prompt_follows_the_text(tmp_path):
    async def dialogue(here):
        async with here.terminal() as terminal:
            await terminal.until("sw1>")
            terminal.type("show version\r")
            await terminal.until("Configuration register is 0x102sw1>")

    visit(tmp_path, "prompt_after_text", dialogue)


@pytest.mark.parametrize("again", [True, False])
def test_console_messages_are_everywhere(tmp_path, again):
    async def dialogue(here):
        async with here.terminal() as terminal:
            await terminal.until("%LINK-3-UPDOWN")
            await terminal.until("\r\nsw1>\r\n*Nov 24 06:00:01.123: %LINEPROTO-5-UPDOWN: ")
            await terminal.until("changed state to up\r\n" + again * "sw1>")
            assert await terminal.silent()
            terminal.type("show version\r")
            await terminal.until("show version\r\n")
            assert "UPDOWN" in await terminal.until("Configuration register")

    visit(tmp_path, {"console_messages": {"prompt_again": again}}, dialogue)


def test_a_message_to_all_terminals_hides_the_prompt_once(tmp_path):
    async def dialogue(here):
        async with here.terminal() as terminal:
            await terminal.until("sw1>")
            terminal.type("show version\r")
            await terminal.until("sw1>\r\n\r\n***\r\n*** --- SHUTDOWN in 0:05:00 ---\r\n***\r\n")
            assert await terminal.silent()
            terminal.type("\r")
            await terminal.until("sw1>")
            terminal.type("show version\r")
            await terminal.until("Configuration register")
            await terminal.until("sw1>")
            assert await terminal.silent()

    visit(tmp_path, "broadcast", dialogue)


def test_a_line_is_free_at_the_second_try(tmp_path):
    async def dialogue(here):
        with pytest.raises(asyncssh.ChannelOpenError):
            async with here.terminal():
                pass
        async with here.terminal() as terminal:
            await terminal.until("sw1>")

    visit(tmp_path, "no_free_line", dialogue)


def test_no_line_is_ever_free(tmp_path):
    async def dialogue(here):
        for _ in range(3):
            with pytest.raises(asyncssh.ChannelOpenError):
                async with here.terminal():
                    pass

    visit(tmp_path, {"no_free_line": {"times": 0}}, dialogue)


def test_the_line_asks_who_is_there(tmp_path):
    async def dialogue(here):
        async with here.terminal() as terminal:
            await terminal.until("Username: ")
            terminal.type("auditor\r")
            await terminal.until("Password: ")
            terminal.type("canary\r")
            assert "% Login invalid" in await terminal.rest()
        assert [state for state, _ in here.log] == ["login", "login"]

    visit(tmp_path, "asks_again", dialogue)


def test_privileged_at_once(tmp_path):
    async def plain(here):
        async with here.terminal() as terminal:
            await terminal.until("sw1#")
            terminal.type("enable\r")
            assert await terminal.until("sw1#") == "enable\r\nsw1#"

    async def asks(here):
        async with here.terminal() as terminal:
            await terminal.until("sw1#")
            terminal.type("enable\r")
            await terminal.until("Password: ")
            terminal.type(here.lab.estate.credentials.enable_secret + "\r")
            await terminal.until("sw1#")

    visit(tmp_path, "privileged", plain)
    visit(tmp_path, {"privileged": {"asks": True}}, asks)


def test_no_enable_and_no_need_for_it(tmp_path):
    async def dialogue(here):
        async with here.terminal() as terminal:
            await terminal.until("sw1>")
            terminal.type("enable\r")
            assert await terminal.until("sw1>") == "enable\r\n% No password set\r\nsw1>"
            terminal.type("show license all\r")
            assert "Smart Licensing" in await terminal.until("sw1>")

    visit(tmp_path, "no_enable", dialogue)


# The terminal.


@pytest.mark.parametrize("more", [None, "---- More ----", "Press any key to continue (Q to quit)"])
def test_paging_that_cannot_be_turned_off(tmp_path, more):
    async def dialogue(here):
        text = more or " --More-- "
        async with here.terminal() as terminal:
            await terminal.until("sw1>")
            terminal.type("terminal length 0\r")
            await terminal.until("sw1>")
            terminal.type("show version\r")
            assert (await terminal.until(text)).count("\r\n") == 10
            terminal.type(" ")
            assert (await terminal.until(text)).count("\r\n") == 9
            terminal.type("q")
            await terminal.until("sw1>")
        assert here.log[-2:] == [("more", "<space>"), ("more", "q")]

    parameters = {"height": 10} | ({"more": more} if more else {})
    visit(tmp_path, {"pages_anyway": parameters}, dialogue)


def test_nothing_is_echoed(tmp_path):
    async def dialogue(here):
        async with here.terminal() as terminal:
            await terminal.until("sw1>")
            terminal.type("show version\r")
            assert (await terminal.until("sw1>")).startswith("\r\nCisco IOS XE Software")

    visit(tmp_path, "no_echo", dialogue)


def shown(text):
    """What a terminal shows of one line."""
    cells, place = [], 0
    for key in text:
        if key == "\b":
            place = max(place - 1, 0)
        elif key == "\r":
            place = 0
        else:
            cells[place : place + 1] = key
            place += 1
    return "".join(cells).rstrip()


def test_a_long_line_is_scrolled_or_wrapped(tmp_path):
    async def scrolled(here):
        async with here.terminal() as terminal:
            assert await terminal.until("sw1>") == "sw1>"
            terminal.type("show license all\r")
            echo = await terminal.until("\r\n")
            assert "\b" in echo
            assert shown("sw1>" + echo.removesuffix("\r\n")) == "sw1>$e all"

    async def wrapped(here):
        async with here.terminal() as terminal:
            await terminal.until("sw1>")
            terminal.type("show license all\r")
            assert await terminal.until("\r\n") == "show lic \rense all\r\n"

    visit(tmp_path, {"echo_wraps": {"width": 16}}, scrolled)
    visit(tmp_path, {"echo_wraps": {"width": 12, "style": "wrap"}}, wrapped)


@pytest.mark.parametrize("end", ["\r\r\n", "\r\n\r", "\n", "\n\r"])
def test_odd_line_ends(tmp_path, end):
    async def dialogue(here):
        async with here.terminal() as terminal:
            await terminal.until("sw1>")
            terminal.type("show inventory\r")
            text = await terminal.until("sw1>")
            assert re.findall(r"[\r\n]+(?=PID)", text) == [end, end]

    visit(tmp_path, {"line_ends": {"end": end}}, dialogue)


def test_output_byte_by_byte(tmp_path):
    async def dialogue(here):
        async with here.terminal() as terminal:
            pieces = [piece async for piece in terminal.pieces("sw1>")]
            assert {len(piece) for piece in pieces} == {1}

    visit(tmp_path, {"slow_output": {"seconds": 0.02}}, dialogue)


# The output.


def test_a_command_is_not_authorised(tmp_path):
    async def dialogue(here):
        async with here.terminal() as terminal:
            await terminal.until("sw1>")
            terminal.type("show inventory\r")
            text = await terminal.until("sw1>")
            assert text == "show inventory\r\n% Authorization failed.\r\nsw1>"
            terminal.type("show version\r")
            assert "uptime" in await terminal.until("sw1>")

    visit(tmp_path, "command_refused", dialogue)


def test_a_refusal_takes_its_time(tmp_path):
    async def dialogue(here):
        async with here.terminal() as terminal:
            await terminal.until("sw1>")
            terminal.type("show inventory\r")
            await terminal.until("show inventory\r\n")
            assert await terminal.silent()
            assert await terminal.until("sw1>") == "% Authorization failed.\r\nsw1>"

    visit(tmp_path, {"command_refused": {"seconds": 2 * PATIENCE}}, dialogue)


def test_the_output_is_cut_short(tmp_path):
    async def dialogue(here):
        async with here.terminal() as terminal:
            await terminal.until("sw1>")
            terminal.type("show inventory\r")
            text = await terminal.until("sw1>")
            assert text == 'show inventory\r\nNAME: "c93\r\nsw1>'

    visit(tmp_path, {"cut_short": {"after": 10}}, dialogue)


def test_a_flood_comes_after_the_text(tmp_path):
    async def dialogue(here):
        async with here.terminal() as terminal:
            await terminal.until("sw1>")
            terminal.type("show inventory\r")
            await terminal.until("PID: C9300-24T")
            flood = [len(piece) async for piece in terminal.pieces("\nsw1>")]
            assert 3_000_000 < sum(flood) < 3_200_000

    visit(tmp_path, {"flood": {"megabytes": 3}}, dialogue)


def test_one_command_and_no_more(tmp_path):
    async def dialogue(here):
        async with here.terminal() as terminal:
            await terminal.until("sw1>")
            terminal.type("terminal length 0\r")
            await terminal.until("sw1>")
            terminal.type("show version\r")
            assert (await terminal.rest()).endswith("Configuration register is 0x102\r\n\r\n")

    visit(tmp_path, "one_command", dialogue)


def test_garbage_stands_in_the_output(tmp_path):
    async def dialogue(here):
        async with here.terminal() as terminal:
            await terminal.until("sw1>\x1b[0m\x07")
            terminal.type("show version\r")
            text = await terminal.until("sw1>\x1b[0m\x07")
            assert {"\0", "\x07", "\x1b", "\udcff"} <= set(text)

    visit(tmp_path, "garbage", dialogue)


def test_two_encodings_at_once(tmp_path):
    async def dialogue(here):
        async with here.terminal() as terminal:
            await terminal.until("sw1>")
            terminal.type("show version\r")
            text = await terminal.until("sw1>")
            assert "M\udcfcnchen" in text
            assert "München" in text

    visit(tmp_path, "locale_junk", dialogue)


# Several at once.


def test_faults_add_up(tmp_path):
    faults = [
        "odd_hostname",
        "no_echo",
        {"line_ends": {"end": "\n"}},
        {"slow_login": {"seconds": 0}},
    ]

    async def dialogue(here):
        async with here.terminal() as terminal:
            await terminal.until("core#1>a>")
            terminal.type("show version\r")
            assert (await terminal.until("core#1>a>")).startswith("\nCisco IOS XE")

    visit(tmp_path, faults, dialogue)
