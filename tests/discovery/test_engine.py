"""Engine discovery: the octets, and answers that are none."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.discovery import engine
from lab.usm import Engine, User

IDENTITY = bytes.fromhex("80000009030102030405")
LAB = Engine(IDENTITY, User.at(IDENTITY, "nobody", "no-auth-key", "no-priv-key"), None)


def test_an_agent_answers_who_made_it():
    number, found = engine.answer(LAB.answer(engine.request(1 << 24), 1400))
    assert (number, found) == (1 << 24, IDENTITY)
    assert engine.words(found) == "enterprise 9, engine 80000009030102030405"


def test_the_question_holds_no_secret():
    asked = engine.request(1 << 24)
    assert len(asked) == 64
    assert engine.answer(asked) == (1 << 24, b"")


@pytest.mark.parametrize("octets", [b"", b"\x30", b"\x30\x80" * 500, b"\x30\x84\xff\xff\xff\xff"])
def test_what_is_no_answer(octets):
    assert engine.answer(octets) is None


@settings(deadline=timedelta(seconds=2))
@given(st.integers(0, 98), st.binary(min_size=1, max_size=8))
def test_a_damaged_answer_does_no_harm(place, octets):
    good = LAB.answer(engine.request(1 << 24), 1400)
    found = engine.answer(good[:place] + octets + good[place + len(octets) :])
    assert found is None or len(found) == 2


def test_an_answer_counts_only_from_where_it_was_asked():
    async def ask():
        engines, heard = engine.Engines(), []
        await engines.open()
        number = engines.ask(("127.0.0.1", 9), 4, heard.append)
        answer = LAB.answer(engine.request(number), 1400)
        other = LAB.answer(engine.request(number + 1), 1400)
        engines.datagram_received(answer, ("127.0.0.2", 9))
        engines.datagram_received(answer, ("127.0.0.1", 10))
        engines.datagram_received(other, ("127.0.0.1", 9))
        assert heard == []
        engines.datagram_received(answer, ("127.0.0.1", 9))
        engines.datagram_received(answer, ("127.0.0.1", 9))
        assert heard == [IDENTITY]
        engines.close()

    asyncio.run(ask())
