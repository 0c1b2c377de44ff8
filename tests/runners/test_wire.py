"""The wire between two processes: nothing lost or out of order, nobody waits, the end is told."""

import asyncio
import socket

import pytest

from agent.runners.wire import Wire


class End:
    """One end of a wire, and what it heard."""

    def __init__(self, sock):
        self.heard, self.ends = [], []
        self.wire = Wire(sock, self.hear, self.ends.append)

    def hear(self, value):
        if value == "unbearable":
            raise ValueError(value)
        self.heard.append(value)


def wired(scene):
    """Play `scene` with the two ends of a wire."""

    async def play():
        ends = [End(sock) for sock in socket.socketpair()]
        try:
            async with asyncio.timeout(10):
                return await scene(*ends)
        finally:
            for end in ends:
                end.wire.close()

    return asyncio.run(play())


async def until(true):
    while not true():  # noqa: ASYNC110 - what is waited for knows no event
        await asyncio.sleep(0.005)


def test_values_are_heard_in_order_whatever_their_size():
    values = [0, "", None, "x" * 3_000_000, ("tuple", [1, 2]), b"y" * 70_000, *range(1000)]

    async def scene(one, other):
        for number, value in enumerate(values):
            one.wire.send(value)
            other.wire.send(-number)
            if number % 300 == 0:
                await asyncio.sleep(0.03)
        await until(lambda: len(other.heard) == len(one.heard) == len(values))
        return one.heard, other.heard

    one, other = wired(scene)
    assert other == values
    assert one == [-number for number in range(len(values))]


def test_a_sender_does_not_wait_for_one_who_does_not_listen():
    async def scene(one, _):
        theirs, ours = socket.socketpair()
        deaf = End(ours)
        for _ in range(20):
            deaf.wire.send(b"z" * 500_000)
        one.wire.send("goes on")
        await asyncio.sleep(0.2)
        late = End(theirs)
        await until(lambda: len(late.heard) == 20)
        deaf.wire.close()
        late.wire.close()
        return {len(value) for value in late.heard}

    assert wired(scene) == {500_000}


def test_the_end_is_told_once_and_after_all_that_was_sent():
    async def scene(one, other):
        one.wire.send("last words")
        await asyncio.sleep(0.05)
        one.wire.close()
        await until(lambda: other.ends)
        other.wire.send("into the void")
        await asyncio.sleep(0.05)
        return one, other

    one, other = wired(scene)
    assert (other.heard, other.ends) == (["last words"], [None])
    assert (one.heard, one.ends) == ([], [])


def test_an_end_that_has_gone_unread_is_told_to_who_sends():
    async def scene(one, other):
        one.wire.send(b"z" * 5_000_000)
        await asyncio.sleep(0.03)
        other.wire.close()
        await until(lambda: one.ends)
        return one.ends

    assert wired(scene) == [None]


@pytest.mark.parametrize("broken", [b"\x00\x00\x00\x03abc", None])
def test_what_cannot_be_heard_ends_the_wire_with_the_error(broken):
    async def scene(one, other):
        if broken is None:
            one.wire.send("unbearable")
            one.wire.send("never heard")
        else:
            one.wire._sock.send(broken)
        await until(lambda: other.ends)
        await until(lambda: one.ends)
        return one, other

    one, other = wired(scene)
    assert len(other.ends) == 1
    assert isinstance(other.ends[0], Exception)
    assert (other.heard, one.ends) == ([], [None])


def test_what_cannot_be_sent_ends_the_wire_with_the_error():
    async def scene(one, other):
        one.wire.send(lambda: "no value")
        await until(lambda: one.ends and other.ends)
        return one.ends, other.ends

    (error,), theirs = wired(scene)
    assert isinstance(error, Exception)
    assert theirs == [None]
