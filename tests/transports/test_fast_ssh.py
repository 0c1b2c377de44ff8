"""The terminal of the fast lane: a wait ends when text comes or when its time is up, not before."""

import asyncio

import pytest

from agent.errors import HostFailureError
from agent.transports.fast_ssh import _Terminal


def waited(*steps):
    """What each wait brought, and whether it lasted as long as it had to.

    A step is the seconds to wait and, where text comes, after how many seconds.
    """

    async def wait():
        loop = asyncio.get_running_loop()
        terminal = _Terminal()
        found = []
        for seconds, after in steps:
            begun = loop.time()
            if after is not None:
                loop.call_later(after, terminal.data_received, "text", None)
            async with asyncio.timeout(10):
                text = await terminal.read(seconds)
            found.append((text, loop.time() - begun >= (seconds if after is None else after)))
        terminal.connection_lost(None)
        with pytest.raises(HostFailureError, match="closed by the device"):
            await terminal.read(0.01)
        await asyncio.sleep(0.3)
        return found, terminal

    return asyncio.run(wait())


def test_a_wait_ends_at_its_own_time_whatever_the_one_before_was():
    found, terminal = waited(
        (0.2, 0.01), (0.02, None), (0.2, 0.01), (0.1, 0.05), (0.1, None), (0.15, None), (5, 0.01)
    )
    assert [text for text, _ in found] == ["text", "", "text", "text", "", "", "text"]
    assert all(long_enough for _, long_enough in found)
    assert terminal._timer is None or terminal._timer.cancelled()
