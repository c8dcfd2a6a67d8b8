"""The sandbox: a student's process in bubblewrap, with no network, no files of the course, limits.

What it sees: the system's programs and libraries, Python's, the installed packages and this one,
all read-only; an empty folder to work in, and a few megabytes of room in memory. It sees neither
the course folder, nor the course's sources with the hidden tests, nor anybody's home.

What it may use is limited: time by the near side, memory of one process and number of processes
by the kernel, memory of all its processes together by the near side, which looks on while it
waits. Ending the sandbox ends everything in it, also what was detached; and it ends with us.
"""

import os
import select
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

import alexnet_lib
from alexnet_lib.grading.sandbox import seccomp, wire

__all__ = ["Died", "Limits", "NoSandbox", "Process", "command", "trouble"]

PACKAGE = Path(alexnet_lib.__file__).resolve().parent
STUDENT_PROCESS = Path(__file__).with_name("student_process.py")
COURSE = "/course"  # where the sandbox finds this package
DESK = "/tmp/desk"  # where the student's code works
ROOM = 64_000_000  # bytes of files it may keep, in memory
FILE = 16_000_000  # bytes of one file
PROCESSES, FILES = 64, 128
SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
PYTHON = ("-I", "-B", "-X", "utf8")  # nothing from the environment or the folder, no files written
LOOK = 0.1  # seconds from one look at its memory to the next


class NoSandbox(RuntimeError):
    """This machine can't start one; the text says why and what to do."""


class Died(Exception):
    """The student's process has ended, or was ended, and why."""


@dataclass
class Limits:
    """What one submission may use."""

    cell: float = 30  # seconds for one cell
    call: float = 10  # seconds for one call of a function
    total: float = 180  # seconds for all
    memory: int = 2_000_000_000  # bytes, of all its processes together


class Process:
    """A student's process: started at once, asked by `ask`, ended by `end`.

    private: folders that it must not see even where Python's own folders hold them.
    """

    GRACE = 3.0  # seconds over a limit, until it is ended from outside

    def __init__(self, limits=None, private=()):
        self.limits = limits or Limits()
        filtering, given = filter_for_bwrap(), ()
        words = command(self.limits, private)
        if filtering is not None:
            given = (filtering,)
            words[1:1] = ["--seccomp", str(filtering)]
        self.said = tempfile.TemporaryFile()  # noqa: SIM115  what bwrap complains of
        self.process = subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.said,
            env={"PATH": os.environ.get("PATH", os.defpath)},
            start_new_session=True,  # a Ctrl-C is for the grader
            pass_fds=given,
        )
        for number in given:
            os.close(number)
        for pipe in (self.process.stdin, self.process.stdout):
            os.set_blocking(pipe.fileno(), False)
        self.started = self.ended = False

    def ask(self, request, arrays=(), limit=None, until=None):
        """Send a request; the answer as a dict, and the bytes of its arrays.

        limit: seconds that the other side gives the student's code; until: the end of all time, as
        `time.monotonic` counts.
        """
        if self.ended:
            raise Died("it has ended")
        limit = self.limits.call if limit is None else limit
        if until is not None:
            limit = max(1.0, min(limit, until - time.monotonic()))
        start = 0 if self.started else 30  # Python needs some time to begin on a busy machine
        deadline = time.monotonic() + limit + self.GRACE + start
        try:
            self.send(wire.packed({**request, "limit": limit}, arrays), deadline)
            length, behind = wire.HEAD.unpack(self.receive(wire.HEAD.size, deadline))
            self.started = True
            if length > wire.TEXT or behind > wire.ARRAYS:
                raise wire.Nonsense("the answer is too large")
            text = self.receive(length, deadline)
            return wire.unpacked(text), self.receive(behind, deadline)
        except wire.Nonsense as error:
            self.end()
            raise Died(str(error)) from error
        except TimeoutError as error:
            self.end()
            raise Died(f"it took more than {limit:g} s and could not be stopped") from error
        except (BrokenPipeError, EOFError) as error:
            raise Died(self.reason()) from error
        except BaseException:
            self.end()
            raise

    def send(self, data, deadline):
        """Write it all, while watching."""
        view, pipe = memoryview(data), self.process.stdin.fileno()
        while view:
            self.wait([], [pipe], deadline)
            with suppress(BlockingIOError):
                view = view[os.write(pipe, view) :]

    def receive(self, count, deadline):
        """Read so many bytes, while watching."""
        data, pipe = bytearray(), self.process.stdout.fileno()
        while len(data) < count:
            self.wait([pipe], [], deadline)
            with suppress(BlockingIOError):
                got = os.read(pipe, min(count - len(data), 1 << 20))
                if not got:
                    raise EOFError
                data += got
        return bytes(data)

    def wait(self, reading, writing, deadline):
        """Until a pipe is ready; ends a process that uses too much time or memory."""
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            if any(select.select(reading, writing, [], min(LOOK, left))):
                return
            if self.memory() > self.limits.memory:
                self.end()
                raise Died(f"it used more than {self.limits.memory // 1_000_000} MB")
            if self.process.poll() is not None and not select.select(reading, writing, [], 0)[0]:
                raise EOFError

    def memory(self):
        """Bytes that its processes hold together."""
        total = 0
        with suppress(psutil.Error):
            own = psutil.Process(self.process.pid)
            for process in [own, *own.children(recursive=True)]:
                with suppress(psutil.Error):
                    total += process.memory_info().rss
        return total

    def reason(self):
        """Why it has ended by itself."""
        self.end()
        self.said.seek(0)
        said = self.said.read(2000).decode(errors="replace").strip()
        if not self.started and said:
            raise NoSandbox(said.splitlines()[-1])
        return "Python stopped here (os._exit, a crash, or a limit)"

    def end(self):
        """End it and all that it has started."""
        if self.ended:
            return
        self.ended = True
        with suppress(ProcessLookupError):
            self.process.kill()  # the kernel then ends all in its space of process numbers
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                pipe.close()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.end()
        self.said.close()


def command(limits, private=()):
    """The words that start a student's process in the sandbox."""
    root = os.geteuid() == 0
    words = ["bwrap", "--die-with-parent", "--new-session", "--clearenv", "--hostname", "sandbox"]
    words += ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
    words += ["--unshare-cgroup-try"]
    if root:  # the limits don't hold for root, so it becomes a user whom nobody else is
        words += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        words += ["--unshare-user", "--uid", "1000", "--gid", "1000", "--cap-drop", "ALL"]
    words += visible()
    for path in private:
        if hidden_by_bind(path):
            words += ["--tmpfs", str(Path(path).resolve())]
    for name, value in environment().items():
        words += ["--setenv", name, value]
    words += ["--chdir", DESK, "--remount-ro", "/dev", "--remount-ro", "/"]
    if root:
        words += ["setpriv", f"--reuid={own_uid()}", "--regid=65534", "--clear-groups"]
        words += ["--no-new-privs", "--inh-caps=-all", "--bounding-set=-all"]
    words += ["prlimit", f"--data={limits.memory}", f"--as={max(4 * limits.memory, 8 * 2**30)}"]
    words += [f"--nproc={PROCESSES}", f"--fsize={FILE}", f"--nofile={FILES}", "--core=0"]
    words += [f"--cpu={int(limits.total) + 30}", "--"]
    return [*words, sys.executable, *PYTHON, "/student_process.py", COURSE]


def filter_for_bwrap():
    """A pipe from which bwrap reads the filter of system calls; None where there is no filter."""
    rules = seccomp.program()
    if rules is None:
        return None
    reading, writing = os.pipe()
    os.write(writing, rules)  # far less than a pipe holds
    os.close(writing)
    return reading


def visible():
    """Options for what it sees."""
    words = ["--ro-bind", "/usr", "/usr", "--perms", "0755", "--dir", "/etc"]
    for name in SYSTEM:
        if os.path.islink(name):
            words += ["--symlink", os.readlink(name), name]
        elif os.path.isdir(name):
            words += ["--ro-bind", name, name]
    for name in ("/etc/ld.so.cache", "/etc/alternatives", "/nix/store"):
        words += ["--ro-bind-try", name, name]
    words += ["--proc", "/proc", "--dev", "/dev"]
    for path in ("/dev/shm", "/tmp"):
        words += ["--perms", "1777", "--size", str(ROOM), "--tmpfs", path]
    words += ["--perms", "0777", "--dir", DESK]
    made = set()
    for path in bound():
        for parent in list(path.parents)[-2::-1]:
            if str(parent) not in ("/tmp", "/usr", *made):
                words += ["--perms", "0755", "--dir", str(parent)]
                made.add(str(parent))
        words += ["--ro-bind", str(path), str(path)]
    words += ["--perms", "0755", "--dir", COURSE]
    words += ["--ro-bind", str(PACKAGE), f"{COURSE}/alexnet_lib"]
    return [*words, "--ro-bind", str(STUDENT_PROCESS), "/student_process.py"]


def bound():
    """The folders of Python and of its packages, less those that /usr holds."""
    names = {sys.prefix, sys.base_prefix, sys.exec_prefix, *sysconfig.get_paths().values()}
    paths = sorted({Path(name).resolve() for name in names if os.path.isdir(name)})
    kept = []
    for path in paths:  # a folder comes before those inside it
        if not any(path.is_relative_to(other) for other in [Path("/usr"), *kept]):
            kept.append(path)
    return kept


def hidden_by_bind(path):
    """Whether this folder lies in one that the sandbox sees."""
    path = Path(path).resolve()
    return any(path.is_relative_to(seen) for seen in [Path("/usr"), PACKAGE, *bound()])


def environment():
    """Its environment: nothing of ours."""
    one = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
    return one | {
        "HOME": "/tmp",
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "IPYTHONDIR": "/tmp/.ipython",
        "MPLCONFIGDIR": "/tmp/.matplotlib",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    }


def own_uid():
    """A user number for our sandboxes alone: by it the kernel counts processes."""
    return 1_900_000_000 + os.getpid() % 4_000_000


def trouble():
    """None if a sandbox starts here; else a sentence that says why not, and what to do."""
    if sys.platform != "linux":
        return (
            "grading needs Linux, whose bubblewrap walls off the students' code. On Windows use"
            " WSL2, on a Mac a container or a virtual machine with Linux."
        )
    missing = [name for name in ("bwrap", "setpriv", "prlimit") if shutil.which(name) is None]
    if "bwrap" in missing:
        return (
            "bubblewrap, which walls off the students' code, is not installed: apt install"
            " bubblewrap (Debian, Ubuntu) or dnf install bubblewrap (Fedora)."
        )
    if missing:
        return f"{missing[0]} is missing, which sets the sandbox's limits: apt install util-linux."
    try:
        with Process() as process:
            process.ask({"op": "names", "names": []})
    except (NoSandbox, Died, OSError) as error:
        return cure(str(error))
    return None


def cure(said):
    """What to do where bubblewrap says this."""
    text = f"bubblewrap can't start a sandbox here ({said.strip().rstrip('.')}). "
    setting = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
    with suppress(OSError):
        if setting.read_text().strip() == "1" and os.geteuid() != 0:
            return text + (
                "Ubuntu's AppArmor forbids it to ordinary users: allow it until the next start"
                " with: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
            )
    if "Unknown option" in said:
        return text + "This bubblewrap is too old: version 0.6 or newer is needed."
    if "ermission" in said or "not permitted" in said:
        return text + (
            "In a container, grade in a virtual machine or let the container make user namespaces;"
            " elsewhere: sudo sysctl -w kernel.unprivileged_userns_clone=1"
        )
    return text + "Does bwrap --ro-bind / / true work on this machine?"


def stop_with_parent():
    """Let this process end when the one that started it does, whatever ends that."""
    with suppress(OSError, AttributeError):
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
