"""The sandbox: a student's process in bubblewrap, with limits, without network or course files.

It sees the programs and libraries of the system and of Python, the installed packages and this one,
all read-only; an empty folder to work in, and a few megabytes of space in memory. It doesn't see
the course folder, the course's sources with the hidden tests, or anybody's home.

The kernel limits the memory of each process and their number; a thread on this side adds up the
memory of all of them, many times a second, and ends a sandbox that takes too much. This side also
limits its time. Ending the sandbox ends
everything in it, including detached processes, and the sandbox ends when this process does.
"""

import io
import os
import select
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import alexnet_lib
from alexnet_lib.grading.sandbox import seccomp, wire

__all__ = ["Limits", "NoSandbox", "Process", "ProcessDied", "check_sandbox", "sandbox_problem"]

PACKAGE = Path(alexnet_lib.__file__).resolve().parent
MOUNT = "/course"  # the folder in which the sandbox finds this package
PROGRAM = f"{MOUNT}/alexnet_lib/grading/sandbox/student_process.py"
DESK = "/tmp/desk"  # where the student's code works
TMPFS_SIZE = 64_000_000  # bytes of files it may keep, in memory
FILE_SIZE = 16_000_000  # bytes of one file
PROCESSES, FILES = 64, 128
SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
PYTHON = ("-I", "-B", "-X", "utf8")  # nothing from the environment or the folder, no files written
CHECK_EVERY = 0.02  # seconds between two looks at its memory
PAGE = os.sysconf("SC_PAGE_SIZE")


class NoSandbox(RuntimeError):
    """This machine can't start a sandbox; the text says why and what to do."""


class ProcessDied(Exception):
    """The student's process has ended, or was ended, and why."""


@dataclass
class Limits:
    """The resources that one submission may use."""

    cell: float = 30  # seconds for one cell
    call: float = 10  # seconds for one call of a function
    total: float = 180  # seconds for the whole submission
    memory: int = 2_000_000_000  # bytes, of all its processes together


class Process:
    """A student's process: it starts at once, `ask` talks to it, `end` ends it.

    private: folders that it must not see even if they lie in Python's own folders
    """

    GRACE = 3.0  # seconds over a limit before it is ended from outside

    def __init__(self, limits: Limits | None = None, private=()):
        self.limits = limits or Limits()
        words = command(self.limits, private)
        descriptors = ()
        rules = open_seccomp_pipe()
        if rules is not None:
            descriptors = (rules,)
            words[1:1] = ["--seccomp", str(rules)]
        self.complaints = tempfile.TemporaryFile()  # noqa: SIM115  bwrap's standard error
        self.process = subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.complaints,
            env={"PATH": os.environ.get("PATH", os.defpath)},
            start_new_session=True,  # Ctrl-C is meant for the grader
            pass_fds=descriptors,
        )
        for descriptor in descriptors:
            os.close(descriptor)
        for pipe in (self.process.stdin, self.process.stdout):
            os.set_blocking(pipe.fileno(), False)
        self.started = self.ended = False
        self.excess = ""  # why it was ended for its memory
        self.over = threading.Event()
        threading.Thread(target=self.watch_memory, daemon=True).start()

    def watch_memory(self):
        """End it as soon as it takes too much memory; this runs in a thread."""
        while not self.over.wait(CHECK_EVERY):
            if memory_of(self.process.pid) > self.limits.memory:
                self.excess = f"it used more than {self.limits.memory // 1_000_000} MB"
                self.process.kill()  # who waits for an answer finds the pipe closed
                return

    def ask(
        self, request: dict, arrays=(), limit: float | None = None, until: float | None = None
    ) -> tuple[dict, io.BytesIO]:
        """Send a request; return the answer, and its arrays as an open file.

        limit: seconds that the student's code gets; until: when everything must be over, on the
        clock of `time.monotonic`
        """
        if self.ended:
            raise ProcessDied("it has ended")
        limit = self.limits.call if limit is None else limit
        if until is not None:
            limit = max(1.0, min(limit, until - time.monotonic()))
        start = 0 if self.started else 30  # on a busy machine Python needs some time to start
        deadline = time.monotonic() + limit + self.GRACE + start
        try:
            self.send(wire.pack_message({**request, "limit": limit}, arrays), deadline)
            length, tail = wire.HEAD.unpack(self.receive(wire.HEAD.size, deadline))
            self.started = True
            if length > wire.MOST_TEXT or tail > wire.MOST_ARRAYS:
                raise wire.ProtocolError("the answer is too large")
            answer = wire.unpack_message(self.receive(length, deadline))
            return answer, io.BytesIO(self.receive(tail, deadline))
        except wire.ProtocolError as error:
            self.end()
            raise ProcessDied(str(error)) from error
        except TimeoutError as error:
            self.end()
            raise ProcessDied(f"it took more than {limit:g} s and could not be stopped") from error
        except (BrokenPipeError, EOFError) as error:
            raise ProcessDied(self.reason()) from error
        except BaseException:
            self.end()
            raise

    def send(self, data, deadline):
        """Write all of the data, while watching the process."""
        view, pipe = memoryview(data), self.process.stdin.fileno()
        while view:
            self.wait([], [pipe], deadline)
            with suppress(BlockingIOError):
                view = view[os.write(pipe, view) :]

    def receive(self, count, deadline):
        """Read this many bytes, while watching the process."""
        data, pipe = bytearray(), self.process.stdout.fileno()
        while len(data) < count:
            self.wait([pipe], [], deadline)
            with suppress(BlockingIOError):
                block = os.read(pipe, min(count - len(data), 1 << 20))
                if not block:
                    raise EOFError
                data += block
        return bytes(data)

    def wait(self, reading, writing, deadline):
        """Wait until a pipe is ready; raise if the time is over, or the process."""
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            if any(select.select(reading, writing, [], min(0.1, left))):
                return
            if self.process.poll() is not None and not select.select(reading, writing, [], 0)[0]:
                raise EOFError

    def reason(self):
        """Return why it has ended by itself; raise `NoSandbox` if it never started."""
        self.end()
        if self.excess:
            return self.excess
        self.complaints.seek(0)
        complaint = self.complaints.read(2000).decode(errors="replace").strip()
        if not self.started and complaint:
            raise NoSandbox(complaint.splitlines()[-1])
        return "Python stopped here (os._exit, a crash, or a limit)"

    def end(self):
        """End it and everything that it has started."""
        if self.ended:
            return
        self.ended = True
        self.over.set()
        with suppress(ProcessLookupError):
            self.process.kill()  # the kernel then ends everything in its process namespace
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                pipe.close()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.end()
        self.complaints.close()


def memory_of(pid: int) -> int:
    """Return the bytes that a process and all that it has started hold together."""
    total, todo = 0, [pid]
    while todo:
        folder = f"/proc/{todo.pop()}"
        with suppress(OSError):  # it has ended meanwhile
            with open(f"{folder}/statm") as file:
                total += int(file.read().split()[1]) * PAGE
            for thread in os.listdir(f"{folder}/task"):
                with open(f"{folder}/task/{thread}/children") as file:
                    todo += file.read().split()
    return total


def command(limits: Limits, private=()) -> list[str]:
    """Return the command line that starts a student's process in the sandbox."""
    root = os.geteuid() == 0
    words = ["bwrap", "--die-with-parent", "--new-session", "--clearenv", "--hostname", "sandbox"]
    words += ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
    words += ["--unshare-cgroup-try"]
    if root:  # limits don't bind root, so it becomes a user that nobody else is
        words += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        words += ["--unshare-user", "--uid", "1000", "--gid", "1000", "--cap-drop", "ALL"]
    words += bind_options()
    for path in private:
        if is_bound(path):
            words += ["--tmpfs", str(Path(path).resolve())]
    for name, value in environment().items():
        words += ["--setenv", name, value]
    words += ["--chdir", DESK, "--remount-ro", "/dev", "--remount-ro", "/"]
    if root:
        words += ["setpriv", f"--reuid={sandbox_uid()}", "--regid=65534", "--clear-groups"]
        words += ["--no-new-privs", "--inh-caps=-all", "--bounding-set=-all"]
    # Where memory runs out nevertheless, the kernel ends these processes first.
    words += ["choom", "-n", "1000", "--"]
    words += ["prlimit", f"--data={limits.memory}", f"--as={max(4 * limits.memory, 8 * 2**30)}"]
    words += [f"--nproc={PROCESSES}", f"--fsize={FILE_SIZE}", f"--nofile={FILES}", "--core=0"]
    words += [f"--cpu={int(limits.total) + 30}", "--"]
    return [*words, sys.executable, *PYTHON, PROGRAM, MOUNT]


def open_seccomp_pipe() -> int | None:
    """Return a pipe from which bwrap reads the seccomp filter; None where there is no filter."""
    rules = seccomp.program()
    if rules is None:
        return None
    reading, writing = os.pipe()
    os.write(writing, rules)  # far less than a pipe holds
    os.close(writing)
    return reading


def bind_options() -> list[str]:
    """Return bwrap's options for the files that the sandbox sees."""
    words = ["--ro-bind", "/usr", "/usr", "--perms", "0755", "--dir", "/etc"]
    for name in SYSTEM:
        if os.path.islink(name):
            words += ["--symlink", os.readlink(name), name]
        elif os.path.isdir(name):
            words += ["--ro-bind", name, name]
    for name in ("/etc/ld.so.cache", "/etc/alternatives", "/nix/store"):
        words += ["--ro-bind-try", name, name]
    words += ["--proc", "/proc", "--dev", "/dev"]
    words += ["--dev-bind", "/dev/null", "/dev/zero"]  # which can be mapped as shared memory
    for path in ("/dev/shm", "/tmp"):
        words += ["--perms", "1777", "--size", str(TMPFS_SIZE), "--tmpfs", path]
    words += ["--perms", "0777", "--dir", DESK]
    parents = set()
    for path in python_folders():
        for parent in list(path.parents)[-2::-1]:
            if str(parent) not in ("/tmp", "/usr", *parents):
                words += ["--perms", "0755", "--dir", str(parent)]
                parents.add(str(parent))
        words += ["--ro-bind", str(path), str(path)]
    words += ["--perms", "0755", "--dir", MOUNT]
    return [*words, "--ro-bind", str(PACKAGE), f"{MOUNT}/alexnet_lib"]


def python_folders() -> list[Path]:
    """Return the folders of Python and of its packages, except those in /usr."""
    names = {sys.prefix, sys.base_prefix, sys.exec_prefix, *sysconfig.get_paths().values()}
    paths = sorted({Path(name).resolve() for name in names if os.path.isdir(name)})
    kept = []
    for path in paths:  # a folder comes before those inside it
        if not any(path.is_relative_to(other) for other in [Path("/usr"), *kept]):
            kept.append(path)
    return kept


def is_bound(path) -> bool:
    """Return whether this folder lies in one that the sandbox sees."""
    path = Path(path).resolve()
    return any(path.is_relative_to(seen) for seen in [Path("/usr"), PACKAGE, *python_folders()])


def environment() -> dict[str, str]:
    """Return the sandbox's environment, which has nothing of ours."""
    one_thread = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
    return one_thread | {
        "HOME": "/tmp",
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "IPYTHONDIR": "/tmp/.ipython",
        "MPLCONFIGDIR": "/tmp/.matplotlib",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    }


def sandbox_uid() -> int:
    """Return a user id for our sandboxes alone: the kernel counts processes by user."""
    return 1_900_000_000 + os.getpid() % 4_000_000


def sandbox_problem() -> str | None:
    """Return None if a sandbox starts here, otherwise a sentence: why not, and what to do."""
    if sys.platform != "linux":
        return (
            "grading needs Linux, where bubblewrap isolates the students' code. On Windows use"
            " WSL2, on a Mac a container or a virtual machine with Linux."
        )
    missing = [
        name for name in ("bwrap", "setpriv", "prlimit", "choom") if shutil.which(name) is None
    ]
    if "bwrap" in missing:
        return (
            "bubblewrap, which isolates the students' code, is not installed: apt install"
            " bubblewrap (Debian, Ubuntu) or dnf install bubblewrap (Fedora)."
        )
    if missing:
        return f"{missing[0]}, which sets the sandbox's limits, is missing: apt install util-linux."
    if not os.path.exists(f"/proc/self/task/{os.getpid()}/children"):
        return (
            "this kernel doesn't say which processes a sandbox has started, so nothing would bound"
            " their memory: use one with CONFIG_PROC_CHILDREN, such as Debian's or Ubuntu's."
        )
    try:
        with Process() as process:
            process.ask({"op": "names", "names": []})
    except (NoSandbox, ProcessDied, OSError) as error:
        return advice_for(str(error))
    return None


def check_sandbox():
    """Refuse to grade where no sandbox starts."""
    problem = sandbox_problem()
    if problem:
        raise NoSandbox(f"nothing is graded without a sandbox: {problem}")


def advice_for(complaint: str) -> str:
    """Return a sentence with bubblewrap's complaint and what to do about it."""
    text = f"bubblewrap can't start a sandbox here ({complaint.strip().rstrip('.')}). "
    setting = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
    with suppress(OSError):
        if setting.read_text().strip() == "1" and os.geteuid() != 0:
            return text + (
                "Ubuntu's AppArmor forbids it to ordinary users: allow it until the next restart"
                " with: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
            )
    if "Unknown option" in complaint:
        return text + "This bubblewrap is too old: version 0.6 or newer is needed."
    if "ermission" in complaint or "not permitted" in complaint:
        return text + (
            "In a container, grade in a virtual machine or let the container create user"
            " namespaces; elsewhere: sudo sysctl -w kernel.unprivileged_userns_clone=1"
        )
    return text + "Does bwrap --ro-bind / / true work on this machine?"


def stop_with_parent():
    """Make the kernel end this process when its parent ends, however that happens."""
    with suppress(OSError, AttributeError):
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
