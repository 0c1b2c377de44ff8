import pytest

from agent.platforms._refusals import refusal, refused


@pytest.mark.parametrize(
    "text",
    [
        "          ^\n% Invalid input detected at '^' marker.\n",
        "show switch\n             ^\n% Invalid input detected at '^' marker.\n\n",
        "ERROR: % Invalid input detected at '^' marker.\n",
        '% Ambiguous command:  "show in"\n',
        "% Incomplete command.\n",
        "Command authorization failed.\n",
        "% Authorization failed.\n",
        "ERROR: Command authorization failed\n",
        "Syntax error: Illegal parameter\n",
        "% Invalid Command at '^' marker\n",
        "ERROR: unable to execute the command on the mate: no active session\n",
        "ERROR: Command not valid in current execution space\n",
        "% Permission denied for the role\n",
        "This command is not authorized\n",
    ],
)
def test_refused(text):
    assert refused(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Failover Off\n",
        'NAME: "Switch 1", DESCR: "C9300-48P"\nPID: C9300-48P , VID: V02 , SN: ZZT26010001\n',
        # An error that a console message put beside an answer
        'ERROR: a message\nNAME: "Chassis", DESCR: "x"\nPID: FPR-1010 , VID: V01 , SN: ZZF26010001\n',
        "Number of APs: 0\n",
        "ZZF26010001\n",
    ],
)
def test_answered(text):
    assert not refused(text)


def test_the_refusing_line_is_named():
    assert refusal("   ^\nERROR: % Invalid input detected\n") == "ERROR: % Invalid input detected"
