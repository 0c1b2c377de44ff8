"""The runner: whom it visits when, what it tries again, and that it loses nobody.

Where the order of events matters, visits are scripts in this process; where processes matter, they
are real ones that read a lab and are killed.
"""

import asyncio
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress

import pytest
from nornir.core.task import Result

import agent.sweep
from agent.inventory.credentials import Credentials, SnmpCredentials
from agent.inventory.simple import load_inventory
from agent.model import HostResult, HostVisit, Unreached
from agent.runners import processes, worker
from agent.runners.worker import Done, LoggedIn
from agent.settings import SweepSettings
from agent.sweep import authorise, fast_runner, sweep
from lab.estate import grow, load_estate
from lab.inventory import write_inventory
from lab.process import LabProcess
from tests.cli.conftest import ESTATE, LOGIN

PATIENCE = 30
"""Seconds after which a run that hangs is given up."""


# --------------------------------------------------------------------------- scripted visits


class Script:
    """Stands in for the fast lane: `answers` has for each host what its visits come to, in turn.

    An answer is ``ok``, a kind of failure, or a `Done` without its number; the last one repeats.
    """

    def __init__(self, answers):
        self.answers = {name: list(each) for name, each in answers.items()}
        self.visits, self.methods = Counter(), {}
        self.under_way, self.most = set(), []

    async def visit(self, number, errand, lag, tell, keys):
        name = errand.name
        self.visits[name] += 1
        if errand.ssh is not None:
            self.methods.setdefault(name, []).append(errand.ssh.methods[0])
        self.under_way.add(name)
        self.most.append(len(self.under_way))
        await asyncio.sleep(0.02)
        self.under_way.discard(name)
        answers = self.answers.get(name, ["ok"])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        overloaded = answer == "busy"
        kind = "timeout" if overloaded else answer
        if kind == "ok":
            if errand.ssh is not None:
                tell(LoggedIn(number))
            tell(Done(number, result_of(errand)))
            return
        failure = Unreached(name, kind, f"made up: {kind}")
        tell(Done(number, result_of(errand, failure), failure, overloaded=overloaded))


def result_of(errand, failure=None):
    visit = HostVisit(errand.name, errand.site, errand.platform, reached=failure is None)
    return HostResult(visit, unreached=failure)


class Estate:
    """Hosts of an inventory, by name with their data; a run of them through scripted visits."""

    def __init__(self, folder, monkeypatch, decide=lambda site, hosts: False, save=None):
        self.folder, self.monkeypatch = folder, monkeypatch
        self.decide, self.save = decide, save
        self.results, self.processors = [], []

    def run(self, hosts, answers=None, **settings):
        lines = [
            f"{name}: {{hostname: 192.0.2.{n}, platform: {data.pop('platform', 'catalyst_9300')},"
            f" data: {data}}}"
            for n, (name, data) in enumerate(hosts.items(), 1)
        ]
        (self.folder / "hosts.yaml").write_text("\n".join(lines))
        nornir = load_inventory(self.folder)
        snmp = SnmpCredentials(community="canary-community")
        authorise(nornir, Credentials("auditor", "canary-password", None), 1.0, snmp)
        script = Script(answers or {})
        self.monkeypatch.setattr(worker, "visit", script.visit)
        chosen = SweepSettings(**{"refusals_per_site": 0, "workers": 50} | settings)
        runner = fast_runner(chosen, self.decide)
        nornir = nornir.with_processors(self.processors).with_runner(runner)
        within(PATIENCE, sweep, nornir, self.save or self.results.append)
        return script

    def unreached(self):
        return {r.visit.host: r.unreached for r in self.results if r.unreached}


def within(seconds, function, *arguments):
    """Call `function`; it fails the test where it has not ended after so many seconds."""
    outcome = []

    def call():
        try:
            outcome.append((function(*arguments), None))
        except BaseException as error:  # noqa: BLE001 - raised again below
            outcome.append((None, error))

    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    thread.join(seconds)
    assert outcome, f"not ended after {seconds} s"
    if outcome[0][1] is not None:
        raise outcome[0][1]
    return outcome[0][0]


@pytest.fixture
def estate(tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "BACK_OFF", {"refused": (0.05, 0.1)})
    return Estate(tmp_path, monkeypatch)


def site(name="north", **more):
    return {"site": name} | more


def test_a_refused_connection_is_tried_again_and_the_reason_says_so(estate):
    script = estate.run(
        {"back": site(), "gone": site(), "mixed": site()},
        {"back": ["refused", "ok"], "gone": ["refused"], "mixed": ["refused", "timeout"]},
    )
    assert script.visits == {"back": 2, "gone": 3, "mixed": 2}
    assert {name: failure.reason for name, failure in estate.unreached().items()} == {
        "gone": "made up: refused (tried 3 times)",
        "mixed": "made up: timeout (tried 2 times, first refused: made up: refused)",
    }
    assert len(estate.results) == 3


def test_an_overloaded_agent_tries_again_with_fewer_before_it_records_anything(estate):
    hosts = {f"h{n:02}": site() for n in range(30)}
    answers = {name: ["busy", "ok"] for name in list(hosts)[:9]}
    script = estate.run(hosts, answers, workers=30)
    assert estate.unreached() == {}
    assert len(estate.results) == 30
    assert [script.visits[name] for name in answers] == [2] * 9
    assert script.most[:30] == list(range(1, 31))
    assert max(script.most[30:]) < 15


def test_a_host_is_blamed_on_this_agent_only_after_four_busy_visits(estate, monkeypatch):
    monkeypatch.setattr(processes, "OVERLOAD_TRIES", 2)
    script = estate.run({"h": site()}, {"h": ["busy"]})
    assert script.visits["h"] == 3
    failure = estate.unreached()["h"]
    assert failure.kind == "overloaded"
    assert failure.reason == "this agent was too busy 3 times: made up: timeout"


def test_the_second_login_method_is_offered_where_the_password_is_known_to_be_right(estate):
    script = estate.run(
        {"taken": site(), "picky": site(), "stranger": site("south")},
        {"picky": ["auth_refused", "ok"], "stranger": ["auth_refused"]},
        logins_per_second=10,
        jitter=0,
    )
    assert script.methods["picky"] == ["keyboard-interactive", "password"]
    assert script.methods["stranger"] == ["keyboard-interactive"]
    assert list(estate.unreached()) == ["stranger"]


@pytest.mark.parametrize(
    "other",
    [{"transport": "snmp"}, {"credentials": "edge"}, {"site": "south"}],
    ids=["read by SNMP", "another set", "another site"],
)
def test_what_other_credentials_prove_is_no_proof(estate, other):
    """A refused password is not offered again because something else was taken."""
    script = estate.run(
        {"first": site() | other, "refuses": site()},
        {"refuses": ["auth_refused", "ok"]},
        logins_per_second=10,
        jitter=0,
    )
    assert script.visits == {"first": 1, "refuses": 1}
    assert estate.unreached()["refuses"].kind == "auth_refused"


def test_the_ceiling_asks_and_the_answer_no_stops_that_site_alone(estate):
    asked = []
    estate.decide = lambda where, hosts: asked.append((where, hosts))
    hosts = {f"n{n}": site() for n in range(6)} | {f"s{n}": site("south") for n in range(6)}
    hosts["n-nxos"] = site(platform="nxos")
    hosts["n-snmp"] = site(transport="snmp")
    script = estate.run(hosts, {f"n{n}": ["auth_refused"] for n in range(6)}, refusals_per_site=3)
    assert asked == [("north", ("n0", "n1", "n2"))]
    assert sum(script.visits[f"n{n}"] for n in range(6)) == 3
    failures = estate.unreached()
    assert set(failures) == {*(f"n{n}" for n in range(6)), "n-nxos"}
    assert failures["n5"].reason == (
        "not tried: n0, n1, n2 of site north refused the login; mend the credentials"
    )
    sites = {r.visit.host: r.visit.site for r in estate.results}
    assert sites["n5"] == sites["n-nxos"] == "north"


def test_the_ceiling_asks_and_the_answer_yes_goes_on(estate):
    asked = []
    estate.decide = lambda where, hosts: not asked.append(where)
    hosts = {f"n{n}": site() for n in range(9)}
    script = estate.run(hosts, {f"n{n}": ["auth_refused"] for n in range(9)}, refusals_per_site=3)
    assert sum(script.visits.values()) == 9
    assert set(asked) == {"north"}


def test_an_error_while_saving_ends_the_sweep_with_that_error(estate):
    saved = []

    def save(result):
        saved.append(result)
        if len(saved) == 3:
            raise OSError("disk full")

    estate.save = save
    with pytest.raises(OSError, match="disk full"):
        estate.run({f"h{n}": site() for n in range(20)}, workers=1)
    assert len(saved) == 3


def test_no_more_threads_at_once_than_are_set_apart_for_the_compatible_lane(estate, monkeypatch):
    under_way, most, lock = set(), [], threading.Lock()

    def visit(task, *, snmp):
        with lock:
            under_way.add(task.host.name)
            most.append(len(under_way))
        time.sleep(0.05)
        with lock:
            under_way.discard(task.host.name)
        seen = HostVisit(task.host.name, "north", "nxos", reached=True)
        return Result(host=task.host, result=HostResult(seen), logged_in=True)

    monkeypatch.setattr(agent.sweep, "visit", visit)
    estate.run({f"h{n:02}": site(platform="nxos") for n in range(80)}, workers=80)
    assert len(estate.results) == 80
    assert max(most) == processes.THREADS


class Notes:
    """A processor of Nornir's, as users write them."""

    def __init__(self):
        self.started, self.completed, self.task = Counter(), Counter(), []

    def task_started(self, task):
        self.task.append("started")

    def task_completed(self, task, result):
        self.task.append("completed")

    def task_instance_started(self, task, host):
        self.started[host.name] += 1

    def task_instance_completed(self, task, host, result):
        self.completed[host.name] += 1

    def subtask_instance_started(self, task, host): ...

    def subtask_instance_completed(self, task, host, result): ...


def test_processors_of_nornir_are_told_of_each_host_once(estate):
    notes = Notes()
    estate.processors = [notes]
    estate.run({"a": site(), "b": site(), "c": site()}, {"b": ["refused", "ok"]})
    assert notes.started == notes.completed == {"a": 1, "b": 1, "c": 1}
    assert notes.task == ["started", "completed"]


# --------------------------------------------------------------------------- real processes

HOSTS = 24


@pytest.fixture(scope="module")
def slow():
    """A lab whose hosts take about a second each."""
    with LabProcess(ESTATE, hosts=HOSTS, port=0, command_delay=0.1) as running:
        yield running


@pytest.fixture
def crowd(slow, tmp_path, monkeypatch):
    """A sweep of that lab by two worker processes, in a thread, and its results."""
    monkeypatch.setattr(processes, "BACK_OFF", {})
    return Crowd(slow, tmp_path)


class Crowd:
    def __init__(self, lab, folder):
        self.estate = grow(load_estate(ESTATE), HOSTS)
        write_inventory(self.estate, folder / "inventory", lab.port)
        self.nornir = load_inventory(folder / "inventory")
        authorise(
            self.nornir,
            Credentials(LOGIN.username, LOGIN.password, LOGIN.enable_secret),
            timeout=5.0,
        )
        self.results, self.save = [], None
        self.ended = threading.Event()

    def run(self):
        chosen = SweepSettings(refusals_per_site=0, processes=2)
        runner = fast_runner(chosen, lambda site, hosts: False)
        try:
            within(PATIENCE, sweep, self.nornir.with_runner(runner), self.save or self.keep)
        finally:
            self.ended.set()

    def keep(self, result):
        self.results.append(result)

    def killing(self, until):
        """Kill each worker process there is, again and again until `until` or the end."""
        thread = threading.Thread(target=self._kill, args=(until,), daemon=True)
        thread.start()
        return thread

    def _kill(self, until):
        killed = 0
        while not self.ended.is_set() and killed < until:
            for child in multiprocessing.active_children():
                if child.name.startswith("netcover-") and killed < until:
                    time.sleep(0.3)  # it has begun to read by then, or is about to
                    kill(child.pid)
                    killed += 1
            time.sleep(0.05)


def kill(pid):
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def test_hosts_of_a_worker_that_is_killed_are_read_by_another(crowd):
    killer = crowd.killing(1)
    crowd.run()
    killer.join(5)
    assert all_were_told_and_the_healthy_ones_read(crowd)


def test_when_no_worker_is_left_this_process_reads_the_rest(crowd, monkeypatch):
    monkeypatch.setattr(processes, "OVERLOAD_TRIES", 10)
    monkeypatch.setattr(processes, "DEATHS", 1)
    killer = crowd.killing(3)
    crowd.run()
    killer.join(5)
    assert all_were_told_and_the_healthy_ones_read(crowd)


def all_were_told_and_the_healthy_ones_read(crowd):
    names = sorted(result.visit.host for result in crowd.results)
    read = {result.visit.host for result in crowd.results if result.visit.reached}
    healthy = {host.name for host in crowd.estate.hosts if not host.faults}
    return names == sorted(host.name for host in crowd.estate.hosts) and healthy <= read


def test_a_host_whose_workers_always_die_gets_a_typed_reason(crowd, monkeypatch):
    monkeypatch.setattr(processes, "OVERLOAD_TRIES", 0)
    killer = crowd.killing(1)
    crowd.run()
    killer.join(5)
    assert len(crowd.results) == HOSTS
    reasons = {r.unreached.reason for r in crowd.results if r.unreached}
    assert "the process that visited it ended 1 times" in reasons
    assert {r.visit.site for r in crowd.results} == {"north", "south"}


def test_an_error_while_saving_of_a_worker_that_died_ends_the_sweep(crowd, monkeypatch):
    monkeypatch.setattr(processes, "OVERLOAD_TRIES", 0)

    def save(result):
        if result.unreached is not None and result.unreached.kind == "overloaded":
            raise OSError("disk full")

    crowd.save = save
    crowd.killing(1)
    with pytest.raises(OSError, match="disk full"):
        crowd.run()


def test_no_worker_is_left_when_the_sweep_has_ended(crowd):
    crowd.run()
    deadline = time.monotonic() + 5
    while left := [p for p in multiprocessing.active_children() if p.name.startswith("netcover-")]:
        assert time.monotonic() < deadline, left
        time.sleep(0.05)
    assert {r.lane for r in crowd.results if r.visit.reached} == {"asyncssh"}


def test_the_parent_loads_no_client_that_only_others_use(tmp_path):
    write_inventory(load_estate(ESTATE), tmp_path, 22)
    code = (
        "import sys; import agent.sweep;"
        " from agent.inventory.chosen import choose; from agent.settings import InventorySettings;"
        f" choose({str(tmp_path)!r}, InventorySettings());"
        " print({'asyncssh', 'netmiko', 'requests'} & {*sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


@pytest.mark.parametrize(
    ("processes", "hosts", "ready"), [(None, 100, False), (None, 101, True), (1, 1, True)]
)
def test_workers_are_made_ready_where_there_will_be_any_and_are_never_interrupted(
    processes, hosts, ready
):
    code = (
        "import signal; from multiprocessing import forkserver;"
        " from agent.runners.processes import prepare;"
        f" prepare({processes}, {hosts});"
        " server = forkserver._forkserver._forkserver_pid;"
        " told = open(f'/proc/{server or 1}/status').read();"
        " blocked = int(told.split('SigBlk:')[1].split()[0], 16) >> (signal.SIGINT - 1) & 1;"
        " mine = signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ());"
        " print(server and bool(blocked), mine)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == f"{True if ready else None} False\n"
