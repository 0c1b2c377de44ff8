import pytest

from agent.errors import CommandNotDeclaredError
from agent.platforms import platform, platforms
from agent.transports.gate import Gate


@pytest.mark.parametrize("name", list(platforms()))
def test_every_declared_command_passes(name):
    gate = Gate(platform(name), None)
    for command in platform(name).commands:
        for line in command.lines:
            gate.admit(line + "\n")
    for text in platform(name).session:
        gate.admit(text + "\r\n")
    gate.admit("\n")


@pytest.mark.parametrize(
    "typed",
    [
        "configure terminal\n",
        "reload\n",
        "show version | redirect flash:x\n",
        "show versio\n",
        " show version\n",
        "show version\nconfigure terminal\n",
        "show version\rreload\n",
        "copy running-config tftp:\n",
        "y\n",
        "\x03",
    ],
)
@pytest.mark.parametrize("name", list(platforms()))
def test_nothing_else_does(name, typed):
    with pytest.raises(CommandNotDeclaredError, match=f"^{name}: not declared, not sent: "):
        Gate(platform(name), "canary").admit(typed)


def test_the_enable_secret_passes_once_and_only_after_enable():
    gate = Gate(platform("asa"), "canary")
    with pytest.raises(CommandNotDeclaredError) as caught:
        gate.admit("canary\n")
    assert "canary" not in str(caught.value)
    gate.admit("enable\n")
    gate.admit("canary\n")
    with pytest.raises(CommandNotDeclaredError):
        gate.admit("canary\n")


def test_enable_is_not_sent_where_there_is_none_or_no_secret():
    for gate in (Gate(platform("ftd"), "canary"), Gate(platform("asa"), None)):
        with pytest.raises(CommandNotDeclaredError):
            gate.admit("enable\n")
