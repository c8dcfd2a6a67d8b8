"""The sandbox: what it hides, that it ends with us, and the advice where it can't start."""

import os
import pwd
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from classroom import ROOT

from alexnet_lib.grading.sandbox import process as sandbox
from alexnet_lib.grading.sandbox import seccomp
from alexnet_lib.grading.sandbox.process import Limits, Process


def run(process, code):
    """Run a cell; return what it printed, and its errors."""
    outputs = process.ask({"op": "run", "code": code}, limit=20)[0]["outputs"]
    return " ".join(o.get("text") or o.get("said") or "" for o in outputs).strip()


@pytest.fixture
def process(needs_sandbox):
    with Process() as process:
        yield process


def test_it_sees_neither_the_course_nor_the_tests_nor_a_home(process):
    hidden = [ROOT / "exercises", ROOT / "tests", ROOT / "book", Path.home() / ".bashrc"]
    hidden += [Path(name) for name in ("/etc/passwd", "/etc/shadow", "/var", "/srv", "/sys")]
    code = f"import os; print([p for p in {list(map(str, hidden))} if os.path.exists(p)])"
    assert run(process, code) == "[]"
    assert run(process, "import os; print(os.listdir('.'), sorted(os.environ))").startswith("[] ['")
    assert "HOME" in run(process, "print(dict(os.environ))")
    secret = {"AWS_SECRET", "SSH_AUTH_SOCK", "USER"} & set(
        run(process, "print(*os.environ)").split()
    )
    assert not secret


def test_it_has_the_package_and_numpy(process):
    code = "import alexnet_lib, numpy; print(alexnet_lib.__file__, numpy.ones(2).sum())"
    assert run(process, code) == "/course/alexnet_lib/__init__.py 2.0"


def test_a_private_folder_inside_a_visible_one_is_empty(needs_sandbox, tmp_path):
    inside = Path(sys.prefix) / f"private-{os.getpid()}"
    if not os.access(sys.prefix, os.W_OK):
        pytest.skip("this environment can't be written")
    inside.mkdir()
    try:
        (inside / "tests.txt").write_text("secret")
        with Process(private=[str(inside), str(tmp_path)]) as process:
            assert run(process, f"import os; print(os.listdir({str(inside)!r}))") == "[]"
    finally:
        shutil.rmtree(inside)


def test_it_ends_with_the_process_that_started_it(needs_sandbox):
    """Also if that one is killed, and with everything that it has started."""
    code = """
import sys, time
from alexnet_lib.grading.sandbox.process import Process
p = Process()
fork = "import os, time\\nfor i in range(3):\\n    if not os.fork(): os.setsid(); time.sleep(60)"
p.ask({"op": "run", "code": fork})
import psutil
print(*[q.pid for q in psutil.Process(p.process.pid).children(recursive=True)], flush=True)
time.sleep(60)
"""
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        numbers = [int(number) for number in parent.stdout.readline().split()]
        parent.kill()
    assert len(numbers) >= 4
    end = time.monotonic() + 60
    while any(os.path.exists(f"/proc/{number}") for number in numbers):
        assert time.monotonic() < end
        time.sleep(0.05)


def test_limits_hold(needs_sandbox):
    with Process(Limits(memory=500_000_000)) as process:
        assert "MemoryError" in run(
            process, "try: x = bytearray(600_000_000)\nexcept MemoryError as e: print(repr(e))"
        )
        threads = "import threading, time\ntry:\n    for i in range(200): threading.Thread("
        threads += (
            "target=time.sleep, args=(9,), daemon=True).start()\nexcept RuntimeError as e: print(e)"
        )
        assert "can't start new thread" in run(process, threads)


USER = """
import os, sys
os.setgroups([]); os.setgid(12345); os.setuid(12345)
os.environ["HOME"] = "/tmp"
from alexnet_lib.grading.sandbox import process as sandbox
from alexnet_lib.grading import runner
children = [os.spawnlp(os.P_NOWAIT, "sleep", "sleep", "30") for i in range(100)]
print(sandbox.sandbox_problem())
answer = "import os\\ndef f(x): return os.getuid()\\nprint('hi')"
cells = [{"kind": runner.ANSWER, "source": answer},
         {"kind": runner.TEST, "source": "assert f(1) == 1000", "points": 1}]
print(runner.run(cells))
for child in children: os.kill(child, 9)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_has_the_same_sandbox(needs_sandbox):
    """A hundred processes of that user don't count towards the sandbox's."""
    reachable = all(
        parent.stat().st_mode & stat.S_IXOTH
        for folder in (Path(sys.base_prefix), Path(sys.prefix), ROOT)
        for parent in (folder, *folder.parents)
    )
    if not reachable:
        pytest.skip("this Python lies where only root can read")
    done = subprocess.run([sys.executable, "-c", USER], capture_output=True, text=True, cwd="/")
    assert done.stderr == ""
    assert done.stdout.splitlines()[0] == "None"
    assert "'hi\\n'" in done.stdout and "error" not in done.stdout


def test_root_gets_another_user_for_each_grader(process):
    uid = int(run(process, "import os; print(os.getuid())"))
    assert uid != os.geteuid()
    with pytest.raises(KeyError):
        pwd.getpwuid(uid) if uid != 1000 else pwd.getpwnam("nobody at all")


def test_where_memory_runs_out_the_kernel_ends_it_first(process):
    assert run(process, "print(open('/proc/self/oom_score_adj').read())").strip() == "1000"


@pytest.fixture
def fake(tmp_path, monkeypatch):
    """fake(complaint): install a bwrap that only complains; fake(None): none."""

    def make(complaint):
        for name in ("setpriv", "prlimit", "choom"):
            (tmp_path / name).symlink_to("/bin/true")
        if complaint is not None:
            path = tmp_path / "bwrap"
            path.write_text(f"#!/bin/sh\necho 'bwrap: {complaint}' >&2\nexit 1\n")
            path.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))

    return make


def test_without_bubblewrap_it_says_what_to_install(fake):
    fake(None)
    assert "apt install bubblewrap" in sandbox.sandbox_problem()


def test_what_bubblewrap_complains_of_comes_with_a_cure(fake, monkeypatch):
    fake("setting up uid map: Permission denied")
    problem = sandbox.sandbox_problem()
    assert "setting up uid map: Permission denied" in problem and "namespaces" in problem
    assert "too old" in sandbox.advice_for("bwrap: Unknown option --size")
    assert "Does bwrap" in sandbox.advice_for("something else")


def test_ubuntus_setting_is_named(fake, monkeypatch):
    fake("setting up uid map: Permission denied")
    read = Path.read_text
    named = "apparmor_restrict_unprivileged_userns"
    monkeypatch.setattr(
        Path,
        "read_text",
        lambda self, *a, **k: "1\n" if named in str(self) else read(self, *a, **k),
    )
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert f"sudo sysctl -w kernel.{named}=0" in sandbox.sandbox_problem()


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_other_systems_are_told_what_to_use(system, monkeypatch):
    monkeypatch.setattr(sys, "platform", system)
    assert "WSL2" in sandbox.sandbox_problem() and "container" in sandbox.sandbox_problem()


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_is_well_made(machine):
    """No jump leads past the end, and the last step allows."""
    steps = [
        seccomp.struct.unpack_from("=HBBI", seccomp.program(machine), i)
        for i in range(0, len(seccomp.program(machine)), 8)
    ]
    assert all(i + 1 + max(yes, no) < len(steps) for i, (_, yes, no, _) in enumerate(steps[:-1]))
    assert steps[-1] == (seccomp.RETURN, 0, 0, seccomp.ALLOW)
    assert seccomp.program("riscv64") is None
