"""Start kernels quickly: one process imports PyTorch, and forks a kernel for each notebook.

    python kernels.py serve SOCKET            import what most notebooks import, then fork kernels
    python kernels.py kernel SOCKET ARGUMENT… ask for a kernel, and live as long as it does

A kernel spends three seconds of a processor on imports that are the same for every notebook. Here
the server does them, in the Python of the environment that is tested and as far as it has them.
Each kernel is then a fork of it, with its own folder, variables and random numbers, and it still
has to find `alexnet_lib`. The server ends with the last process that holds a connection to it.
"""

import contextlib
import gc
import importlib.util
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

# Other people's packages only: what a notebook needs of ours, it must find by itself.
PRELOADED = (
    "torch",
    "torch._dynamo",  # the first optimizer imports it
    "numpy",
    "PIL.Image",
    "matplotlib.figure",
    "matplotlib.backends.backend_agg",
    "ipywidgets",
    "anywidget",
    "IPython.display",
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
)


def connect(path: Path) -> socket.socket:
    """Connect to a server. Its folder may have a longer path than a socket's address."""
    connection = socket.socket(socket.AF_UNIX)
    here = os.open(".", os.O_RDONLY)
    try:
        os.chdir(path.parent)
        connection.connect(path.name)
    except OSError:
        connection.close()
        raise
    finally:
        os.fchdir(here)
        os.close(here)
    return connection


def connect_or_start(path: Path, python: Path, env: dict[str, str]) -> socket.socket:
    """Connect to the server at `path`, which is started if there is none.

    The caller keeps the connection open while it needs kernels, and others must not call this
    meanwhile.
    """
    try:
        return connect(path)
    except OSError:
        path.unlink(missing_ok=True)
    log = path.with_suffix(".log")
    with log.open("wb") as out:
        server = subprocess.Popen(
            [python, __file__, "serve", path],
            env=env,
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    while server.poll() is None:
        try:
            connection = connect(path)
        except OSError:
            time.sleep(0.05)
        else:
            server.stdin.close()
            server.returncode = 0  # nobody waits for it: it outlives its starter, or ends with it
            break
    said = log.read_text(encoding="utf-8", errors="replace")
    if said or server.poll():
        raise RuntimeError(f"The server of kernels should print nothing, but it printed: {said}")
    return connection


class Kernel:
    """A kernel, and the connection of the process that stands for it."""

    def __init__(self, connection, request, descriptors, forget):
        self.connection = connection
        self.usage = Path(request["usage"])
        self.pid = os.fork()
        if self.pid == 0:
            forget()
            become_kernel(request, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)

    def ended(self, options=os.WNOHANG):
        """Return whether the kernel has ended; if so, note what it used, and say so."""
        pid, status, used = os.wait4(self.pid, options)
        if pid == 0:
            return False
        written = self.usage.with_suffix(".new")
        written.write_text(json.dumps({"ru_maxrss": used.ru_maxrss}), encoding="utf-8")
        written.replace(self.usage)
        with contextlib.suppress(OSError):  # if whoever asked has gone
            self.connection.send(bytes([os.waitstatus_to_exitcode(status) & 255]))
        return True

    def kill(self):
        """End the kernel."""
        os.kill(self.pid, signal.SIGKILL)
        self.ended(options=0)


def become_kernel(request, descriptors):
    """Turn this fork into a kernel with the folder, variables and output of who asked for it."""
    code = 1
    try:
        os.setsid()
        for place, descriptor in enumerate(descriptors):
            os.dup2(descriptor, place)
            os.close(descriptor)
        os.chdir(request["folder"])
        os.environ.clear()
        os.environ.update(request["variables"])
        sys.argv = ["ipykernel_launcher", *request["arguments"]]
        sys.modules["numpy"].random.seed()  # `random` does this by itself
        sys.modules["ipykernel.kernelapp"].launch_new_instance()
        code = 0
    finally:
        os._exit(code)


def serve(path: Path):
    """Fork kernels until nobody holds a connection."""
    del sys.path[0]  # this folder
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"  # as a kernel has it
    for name in PRELOADED:
        if importlib.util.find_spec(name.split(".")[0]):
            importlib.import_module(name)
    threads = threading.active_count()
    if threads != 1:
        raise RuntimeError(f"{threads} threads run, and a fork would have only one of them.")
    gc.collect()
    gc.freeze()
    listener = socket.socket(socket.AF_UNIX)
    os.chdir(path.parent)
    listener.bind(path.name)
    listener.listen()
    read_signal, write_signal = socket.socketpair()
    for end in (read_signal, write_signal):
        end.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(write_signal.fileno())
    connections, kernels = [sys.stdin], {}

    def forget():
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for end in (listener, read_signal, write_signal, *connections[1:]):
            end.close()

    while connections:
        ready, _, _ = select.select([listener, read_signal, *connections], [], [])
        for end in ready:
            if end is listener:
                connections.append(listener.accept()[0])
            elif end is read_signal:
                read_signal.recv(4096)
            elif end is sys.stdin:
                connections.remove(end)
            elif end in connections:
                data, descriptors, _, _ = socket.recv_fds(end, 1 << 20, 3)
                if data:
                    kernels[end] = Kernel(end, json.loads(data), descriptors, forget)
                    continue
                if end in kernels:
                    kernels.pop(end).kill()
                connections.remove(end)
                end.close()
        for end in [end for end, kernel in kernels.items() if kernel.ended()]:
            del kernels[end]
            connections.remove(end)
            end.close()
    os.unlink(path.name)


def kernel(path: Path, arguments: list[str]) -> int:
    """Have a kernel forked, wait until it ends, and return its exit code.

    What it used is written to $KERNEL_USAGE/NAME.json, where NAME is that of its folder.
    """
    connection = connect(path)
    variables = dict(os.environ)
    usage = f"{variables.pop('KERNEL_USAGE')}/{Path.cwd().name}.json"
    request = {
        "arguments": arguments,
        "folder": os.getcwd(),
        "variables": variables,
        "usage": usage,
    }
    socket.send_fds(connection, [json.dumps(request).encode()], [0, 1, 2])
    answer = connection.recv(1)
    return answer[0] if answer else 1


if __name__ == "__main__":
    task, place, *rest = sys.argv[1:]
    if task == "serve":
        serve(Path(place))
        os._exit(0)  # no hooks of packages that only its forks used
    sys.exit(kernel(Path(place), rest))
