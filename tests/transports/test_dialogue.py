"""The dialogue with devices that are scripts: no network, and a clock that jumps."""

import asyncio

import pytest

from agent.errors import CommandNotDeclaredError, HostFailureError
from agent.platforms import platform
from agent.transports import dialogue as module
from agent.transports.dialogue import Dialogue, OutputTooLongError, SurpriseError
from agent.transports.gate import Gate

TIMEOUT = 10
SECRET = "canary-enable"


class JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop whose time is what the device has waited for."""

    now = 0.0

    def time(self):
        return self.now


class Raw(list):
    """All that a line brings, echo and prompt included; numbers are pauses in seconds."""

    def __init__(self, *pieces):
        super().__init__(pieces)


class Device:
    """A terminal: says `greeting`, and for each line typed what `answers` has for it.

    An answer in plain text stands between the echo and the prompt. An empty line brings the prompt.
    """

    def __init__(self, *greeting, answers=None, prompt="sw1#"):
        self.prompt = prompt
        self.typed = []
        self.answers = {"exit": Raw("exit\r\n", ConnectionError)} | (answers or {})
        self._due = []
        self._received = 0
        self._say(greeting or (f"\r\n{prompt}",))

    def write(self, text):
        self.typed.append(text)
        line = text.rstrip("\n")
        answer = self.answers.get(line, "" if line else Raw(f"\r\n{self.prompt}"))
        if callable(answer):
            answer = answer(self)
        if isinstance(answer, str):
            answer = Raw(f"{line}\r\n{answer}\r\n{self.prompt}")
        self._say(answer)

    def _say(self, pieces):
        at = asyncio.get_event_loop_policy().get_event_loop().time()
        for piece in pieces:
            if isinstance(piece, int | float):
                at += piece
            else:
                self._due.append((at, piece))

    async def read(self, seconds):
        loop = asyncio.get_running_loop()
        if not self._due or self._due[0][0] > loop.now + seconds:
            loop.now += seconds
            return ""
        at, piece = self._due.pop(0)
        loop.now = max(loop.now, at)
        if piece is ConnectionError:
            reason = f"connection lost after {self._received} characters: closed by the device"
            raise HostFailureError("connection_lost", reason)
        self._received += len(piece)
        return piece


def talk(greeting=(), commands=("show version",), *, secret=None, begin=True, **device):
    """A whole dialogue: the device, the dialogue, and what was found."""

    async def whole():
        made = Device(*greeting, **device)
        each = Dialogue(made, Gate(platform("catalyst_9300"), secret), TIMEOUT)
        found = []
        if begin:
            await each.begin(secret=secret)
            await each.prepare(["terminal length 0"])
        for command in commands:
            await each.collect(found, command)
        await each.end(found, "exit")
        return made, each, found

    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        asyncio.set_event_loop(runner.get_loop())
        return runner.run(whole())


def fails(*words, error=HostFailureError, **device):
    """The error with which a dialogue ends."""
    with pytest.raises(error) as raised:
        talk(*words, **device)
    return raised.value


# ------------------------------------------------------------------------------ prompts


@pytest.mark.parametrize(
    "prompt",
    ["sw1#", "sw1>", "edge#1>north#", "a#b>", "rack <2> sw#", "fw/pri/act#", "FP4110-A /ssa#"],
)
def test_whatever_the_prompt_is_it_is_learnt(prompt):
    device, each, found = talk(prompt=prompt, answers={"show version": "Version 17.9.4a"})
    assert each.prompt == prompt
    assert found == [("show version", "Version 17.9.4a")]
    assert device.typed == ["\n", "terminal length 0\n", "show version\n", "exit\n"]


@pytest.mark.parametrize(
    "banner",
    [
        "*** For authorised users only ***\r\nany-switch#\r\nsw9>\r\n",
        "Welcome to sw1#\r\n####################\r\n",
        "### site north ###\r\n> read this first >\r\n",
        "lines\r\n" * 300,
    ],
)
@pytest.mark.parametrize("pause", [0.01, 0.7])
def test_a_banner_that_looks_like_a_prompt_is_none(banner, pause):
    pieces = [p for line in banner.splitlines(keepends=True)[-5:] for p in (line, pause)]
    _, each, found = talk((*pieces, "sw1#"), answers={"show version": "Version 1"})
    assert (each.prompt, found) == ("sw1#", [("show version", "Version 1")])


def test_a_prompt_that_comes_in_pieces_is_waited_for():
    pieces = ("\r\n", 0.05, "s", 0.05, "w", 0.05, "1", 0.05, "#")
    answers = {"show version": Raw("show version\r\nVersion 1\r\n", 0.5, "sw", 0.5, "1#")}
    _, each, found = talk(pieces, answers=answers)
    assert (each.prompt, found) == ("sw1#", [("show version", "Version 1")])


def test_a_device_that_asks_for_return_gets_it():
    greeting = ("\r\nPress RETURN to get started.\r\n",)
    device, each, _ = talk(greeting)
    assert each.prompt == "sw1#"
    assert device.typed[0] == "\n"


def test_a_device_that_says_nothing_is_asked_by_return():
    _, each, _ = talk(("",))
    assert each.prompt == "sw1#"


def test_colours_and_cursor_moves_are_no_part_of_a_prompt():
    _, each, found = talk(
        ("\x1b[2J\x1b[1;1H\x1b[32msw1#\x1b[0m",),
        answers={"show version": Raw("show version\r\n\x1b[1mVersion 1\x1b[0m\r\n\x1b[Ksw1#")},
    )
    assert (each.prompt, found) == ("sw1#", [("show version", "Version 1")])


# ------------------------------------------------------------------------------- enable


def enabling(prompt="sw1#", after="\r\n"):
    """Answers of a device that asks for the secret and then shows another prompt."""

    def entered(device):
        device.prompt = prompt
        return Raw(f"{after}{prompt}")

    return {"enable": Raw("enable\r\nPassword: "), SECRET: entered}


@pytest.mark.parametrize("prompt", ["sw1#", "other name#", "sw1(priv)#"])
def test_the_prompt_after_enable_is_learnt_anew(prompt):
    answers = enabling(prompt) | {"show version": "Version 1"}
    device, each, found = talk(prompt="sw1>", secret=SECRET, answers=answers)
    assert (each.prompt, found) == (prompt, [("show version", "Version 1")])
    assert device.typed.count(SECRET + "\n") == 1


@pytest.mark.parametrize(("prompt", "returns"), [("sw1#", 1), ("sw1(priv)#", 2)])
def test_only_an_unexpected_prompt_after_enable_is_asked_for_again(prompt, returns):
    answers = enabling(prompt) | {"show version": "Version 1"}
    device, _, _ = talk(prompt="sw1>", secret=SECRET, answers=answers)
    assert device.typed.count("\n") == returns


def test_a_privileged_login_enables_nothing():
    device, _, _ = talk(secret=SECRET)
    assert "enable\n" not in device.typed


@pytest.mark.parametrize(
    "answer",
    [
        Raw("\r\nPassword: "),
        Raw("\r\n% Access denied\r\nsw1>"),
        Raw("\r\n% Bad secrets\r\n\r\nsw1>"),
        Raw("\r\nsw1>"),
    ],
)
def test_a_refused_secret_is_offered_once(answer):
    offered = []

    def refused(device):
        offered.append(device.typed[-1])
        return answer

    answers = {"enable": Raw("enable\r\nPassword: "), SECRET: refused}
    failure = fails(prompt="sw1>", secret=SECRET, answers=answers)
    assert (failure.kind, failure.reason) == ("auth_refused", "the enable secret was refused")
    assert offered == [SECRET + "\n"]


def test_where_there_is_no_privileged_mode_the_secret_is_not_typed():
    answers = {"enable": "% Invalid input", "show version": "Version 1"}
    device, each, found = talk(prompt="sw1>", secret=SECRET, answers=answers)
    assert (each.prompt, found) == ("sw1>", [("show version", "Version 1")])
    assert SECRET + "\n" not in device.typed


def test_no_answer_to_enable_is_a_time_out_that_says_so():
    failure = fails(prompt="sw1>", secret=SECRET, answers={"enable": Raw()})
    assert failure.kind == "timeout"
    assert failure.reason == "no answer within 10 s after 'enable'"


# ------------------------------------------------------------------------------ outputs


@pytest.mark.parametrize(
    "pager",
    [
        " --More-- ",
        "<--- More --->",
        "-- MORE --",
        "--More-- (q to quit)",
        "Press any key to continue (Q to quit)",
    ],
)
def test_pages_are_turned_with_blanks_whatever_the_pager_says(pager):
    erased = "\b" * len(pager) + " " * len(pager) + "\b" * len(pager)
    pages = iter([Raw(f"{erased}two\r\n{pager}"), Raw(f"{erased}three\r\nsw1#")])
    answers = {
        "show version": Raw(f"show version\r\none\r\n{pager}"),
        " ": lambda device: next(pages),
    }
    device, _, found = talk(answers=answers)
    assert device.typed.count(" ") == 2
    assert found == [("show version", "one\ntwo\nthree")]


def test_a_banner_with_pages_is_read_to_its_end():
    device, each, _ = talk(("rules\r\n --More-- ",), answers={" ": Raw("\r\nend\r\nsw1#")})
    assert (each.prompt, device.typed[0]) == ("sw1#", " ")


def test_a_device_without_echo_is_read_too():
    answers = {"terminal length 0": Raw("sw1#"), "show version": Raw("Version 1\r\nsw1#")}
    _, _, found = talk(answers=answers)
    assert found == [("show version", "Version 1")]


def test_an_echo_that_the_device_breaks_is_not_taken_for_output():
    answers = {"show version": Raw("show ver\rshow version\r\nVersion 1\r\nsw1#")}
    _, _, found = talk(answers=answers)
    assert found == [("show version", "Version 1")]


def test_an_echo_character_by_character_is_an_echo():
    echo = [piece for letter in "show version" for piece in (letter, 0.01)]
    _, _, found = talk(answers={"show version": Raw(*echo, "\r\nVersion 1\r\nsw1#")})
    assert found == [("show version", "Version 1")]


def test_a_line_that_equals_the_prompt_ends_no_output():
    """What comes late belongs to the command that printed it; the first echo says where."""
    answers = {
        "show version": Raw("show version\r\nVersion 1\r\nsw1#\r\n", 0.2, "uptime 3\r\nsw1#"),
        "show inventory": "PID: C9300-48P",
    }
    _, _, found = talk(commands=("show version", "show inventory"), answers=answers)
    assert found == [
        ("show version", "Version 1\nsw1#\nuptime 3"),
        ("show inventory", "PID: C9300-48P"),
    ]


def test_late_text_after_a_false_prompt_is_given_back():
    answers = {
        "show version": Raw("show version\r\nVersion 1\r\nsw1#", 3.0, "\r\nuptime 3\r\nsw1#"),
        "show inventory": Raw(4.0, "show inventory\r\nPID: C9300-48P\r\nsw1#"),
    }
    _, _, found = talk(commands=("show version", "show inventory"), answers=answers)
    (_, first), (_, second) = found
    assert "uptime 3" in first
    assert second == "PID: C9300-48P"


def test_what_the_last_command_printed_late_is_given_back_at_the_end():
    answers = {
        "show version": Raw("show version\r\nVersion 1\r\nsw1#"),
        "exit": Raw("\r\nuptime 3\r\nsw1#exit\r\n", ConnectionError),
    }
    _, _, found = talk(answers=answers)
    assert found == [("show version", "Version 1\nsw1#\nuptime 3")]


def test_an_output_whose_last_line_has_no_end_is_whole():
    answers = {"show version": Raw("show version\r\nVersion 1\r\nlast wordsw1#")}
    _, _, found = talk(answers=answers)
    assert found == [("show version", "Version 1\nlast word")]


LOG = "*Mar  1 06:00:00.123: %LINK-3-UPDOWN: Interface Gi1/0/1, changed state to up"


@pytest.mark.parametrize("tail", ["\r\n", ""])
def test_a_log_message_that_hides_the_prompt_is_no_end_and_no_loss(tail):
    hidden = Raw(f"show version\r\nVersion 1\r\nsw1#\r\n{LOG}{tail}")
    device, _, found = talk(answers={"show version": hidden})
    (_, text), *_ = found
    assert text.startswith("Version 1")
    assert set(device.typed) <= {"\n", "terminal length 0\n", "show version\n", "exit\n"}


def test_a_log_message_over_the_first_prompt_is_seen_through():
    _, each, _ = talk((f"sw1#\r\n{LOG}\r\n",))
    assert each.prompt == "sw1#"


def test_slow_output_is_not_cut_short():
    dripping = [piece for letter in "show version\r\nVersion 1\r\nsw1#" for piece in (letter, 0.3)]
    _, _, found = talk(answers={"show version": Raw(*dripping)})
    assert found == [("show version", "Version 1")]


# ----------------------------------------------------------- what is none of our dialogues

STRANGE = [
    ("Your password has expired.\r\nNew password: ", "password_change"),
    ("Enter new password: ", "password_change"),
    ("Retype new password: ", "password_change"),
    ("Do you accept the terms of use? [y/n] ", "not_a_device"),
    ("Proceed with reload? [confirm]", "not_a_device"),
    ("I agree to the above: ", "not_a_device"),
    ("admin@node:~$ ", "not_a_device"),
    ("root@node:/# ", "not_a_device"),
    ("bash-5.1# ", "not_a_device"),
    ("$ ", "not_a_device"),
    ("Username: ", "auth_refused"),
    ("node login: ", "auth_refused"),
]


@pytest.mark.parametrize("text, kind", STRANGE)
def test_nothing_is_typed_into_a_dialogue_that_is_no_prompt(text, kind, monkeypatch):
    typed = []
    monkeypatch.setattr(Device, "write", lambda self, text: typed.append(text))
    failure = fails((f"\r\n{text}",), secret=SECRET)
    assert (failure.kind, typed) == (kind, [])
    assert not isinstance(failure, SurpriseError)  # the compatible lane is not let near it


@pytest.mark.parametrize("text, kind", STRANGE)
def test_nor_where_it_comes_after_a_command(text, kind):
    failure = fails(answers={"show version": Raw(f"show version\r\n{text}")})
    assert failure.kind == kind
    assert not isinstance(failure, SurpriseError)


def test_what_is_not_declared_is_not_typed():
    written = []

    async def whole():
        device = Device(answers={})
        each = Dialogue(device, Gate(platform("catalyst_9300"), None), TIMEOUT)
        await each.begin(secret=None)
        device.typed = written
        await each.collect([], "configure terminal")

    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        asyncio.set_event_loop(runner.get_loop())
        with pytest.raises(CommandNotDeclaredError, match="configure terminal"):
            runner.run(whole())
    assert written == []


# --------------------------------------------------------------------- silence and losses


def test_a_device_silent_from_the_start_is_a_time_out_at_the_first_prompt(monkeypatch):
    monkeypatch.setattr(Device, "write", lambda self, text: None)
    failure = fails(("",))
    assert failure.kind == "timeout"
    assert failure.reason == "logged in, but not the first prompt within 10 s"


def test_a_line_that_stays_and_is_no_prompt_is_a_surprise():
    failure = fails(("Welcome, and wait",), answers={"": Raw("\r\nWelcome, and wait")})
    assert isinstance(failure, SurpriseError)
    assert failure.kind == "not_a_device"
    assert failure.reason == "the first prompt was not recognised; the last line was " + repr(
        "Welcome, and wait"
    )


@pytest.mark.parametrize(
    "printed, last", [("", ""), ("show version\r\nVersion 1\r\nhalf a li", "half a li")]
)
def test_silence_after_a_command_is_a_time_out_that_names_it(printed, last):
    failure = fails(answers={"show version": Raw(printed)})
    assert failure.kind == "timeout"
    assert failure.reason == (
        f"no prompt within 10 s after 'show version'; the last line was {last!r}"
    )
    assert not isinstance(failure, SurpriseError)


def test_another_prompt_after_a_command_is_a_surprise():
    failure = fails(answers={"show version": Raw("show version\r\nVersion 1\r\nsw2#")})
    assert (type(failure), failure.kind) == (SurpriseError, "timeout")
    assert "'sw2#'" in failure.reason


def test_silence_while_the_session_is_prepared_names_that_step():
    failure = fails(answers={"terminal length 0": Raw()})
    assert "after 'terminal length 0'" in failure.reason


def test_a_connection_that_ends_in_an_output_says_at_which_character():
    answers = {"show version": Raw("show version\r\nVers", ConnectionError)}
    failure = fails(answers=answers)
    assert failure.kind == "connection_lost"
    assert "connection lost after " in failure.reason


def test_an_output_without_end_is_given_up(monkeypatch):
    monkeypatch.setattr(module, "LIMIT", 10_000)
    endless = ["show version\r\n", *["x" * 999 + "\r\n"] * 20]
    error = fails(answers={"show version": Raw(*endless)}, error=OutputTooLongError)
    assert "after 'show version'; not read" in str(error)


def test_a_command_that_never_stops_talking_ends_as_a_time_out():
    chatter = [piece for _ in range(100) for piece in ("still working ...\r\n", 5)]
    failure = fails(answers={"show version": Raw("show version\r\n", *chatter)})
    assert (failure.kind, "after 'show version'" in failure.reason) == ("timeout", True)
