"""A lab in a thread of this process whose devices also take keys, and forward as jump hosts do."""

import asyncio
import threading
from contextlib import contextmanager

import asyncssh

from lab import server
from lab.estate import load_estate
from lab.login import Login

ESTATE = """
schema: netcover/estate/1
network: 127.61.0.0/24
sites: [north]
credentials: {username: auditor, password: canary-password, enable_secret: canary-enable}
hosts:
  - name: sw1
    <<: &switch {site: north, platform: catalyst_9300, version: 17.9.4a, pid: C9300-24T}
    serial: TST2605J001
  - {name: sw2, <<: *switch, serial: TST2605J002}
  - name: fw1
    site: north
    platform: asa
    version: 9.16(4)57
    pid: ASA5506
    serial: TST2605J003
"""


class OpenLogin(Login):
    """A device that takes what its lab says."""

    def connection_made(self, conn):
        super().connection_made(conn)
        self.doors = self._lab.doors
        self.doors.connections.append(conn)

    def begin_auth(self, username):
        self.doors.users.append(username)
        return super().begin_auth(username)

    def public_key_auth_supported(self):
        return True

    def validate_public_key(self, username, key):
        self.doors.methods.append("publickey")
        return key.public_data in self.doors.keys

    async def validate_password(self, username, password):
        self.doors.methods.append("password")
        return await super().validate_password(username, password)

    def connection_requested(self, dest_host, dest_port, orig_host, orig_port):
        self.doors.forwarded.append((self._host.name, dest_host))
        if not self.doors.forwards:
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED, "no")
        return True


class Doors:
    """What the devices take, and what was asked of them."""

    def __init__(self):
        self.keys, self.forwards = set(), True
        self.users, self.methods, self.forwarded, self.connections = [], [], [], []

    def hang_up(self):
        """Cut every connection."""
        for conn in self.connections:
            conn._loop.call_soon_threadsafe(conn.abort)
        self.connections.clear()


@contextmanager
def running(folder, monkeypatch):
    """The running lab; its `doors` may be changed while it runs."""
    path = folder / "estate.yaml"
    path.write_text(ESTATE)
    monkeypatch.setattr(server, "Login", OpenLogin)
    monkeypatch.setattr(server.Lab, "doors", Doors(), raising=False)
    started, stop, box = threading.Event(), [], []

    async def serve():
        lab = await server.start(load_estate(path), port=0)
        end = asyncio.Event()
        loop = asyncio.get_running_loop()
        stop.append(lambda: loop.call_soon_threadsafe(end.set))
        box.append(lab)
        started.set()
        await end.wait()
        for conn in lab.doors.connections:
            conn.abort()
        await lab.close()
        await asyncio.sleep(0.05)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert started.wait(10)
    try:
        yield box[0]
    finally:
        stop[0]()
        thread.join(10)
