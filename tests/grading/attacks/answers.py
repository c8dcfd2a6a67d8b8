"""Attacks from an answer: name -> the source of the cell `f`, whose tests are

    assert f(3) == 9        (visible)
    assert f(7919) == 62710561        (hidden; the number 7919 must not leak)

None of them may pass. What matters is what they try before they fail.
"""

# Python that forges an answer on the pipe to the grader, in place of student_process.py.
FORGE = """
import os, struct, sys, gc
pipe = next(f for f in gc.get_objects() if type(f).__name__ == 'BufferedWriter')
def send(text, arrays=b'', length=None, size=None):
    text = text.encode()
    n = len(text) if length is None else length
    m = len(arrays) if size is None else size
    pipe.write(struct.pack('>II', n, m) + text + arrays); pipe.flush()
def f(x):
    send({sent})
"""


def forge(sent):
    """Return an answer that writes this on the pipe itself."""
    return FORGE.replace("{sent}", sent)


ATTACKS = {
    # answers that claim to be equal to everything
    "equal_to_all": """
class A:
    def __eq__(s, o): return True
    __req__ = __eq__
def f(x): return A()""",
    "int_equal_to_all": """
class A(int):
    __eq__ = lambda s, o: True
    __hash__ = int.__hash__
def f(x): return A()""",
    "array_equal_to_all": """
import numpy as np
class A(np.ndarray):
    def __eq__(s, o): return True
def f(x): return np.zeros(1).view(A)""",
    "float_equal_to_all": """
class A(float):
    __eq__ = lambda s, o: True
def f(x): return A(1)""",
    "reflected_operators": """
class A:
    __array_priority__ = 1e9
    __array_ufunc__ = None
    def __getattr__(s, n): return lambda *a, **k: True
def f(x): return A()""",
    "patches_what_tests_use": """
import builtins, numpy as np
np.testing.assert_allclose = lambda *a, **k: None
builtins.AssertionError = type('Never', (BaseException,), {})
import alexnet_lib.check as c
c.check.gives = lambda *a, **k: None
def f(x): return 0""",
    "input_transformer": """
get_ipython().input_transformers_cleanup.append(lambda lines: ['pass\\n'])
def f(x): return 0""",
    "ast_transformer": """
import ast
class T(ast.NodeTransformer):
    def visit_Assert(s, n): return ast.Pass()
get_ipython().ast_transformers.append(T())
def f(x): return 0""",
    # ways to end a test early
    "stop_iteration": "def f(x): raise StopIteration(9)",
    "system_exit": "def f(x): raise SystemExit(0)",
    "keyboard_interrupt": "def f(x): raise KeyboardInterrupt",
    "generator_exit": "def f(x): raise GeneratorExit",
    "exit_the_process": "import os\ndef f(x): os._exit(0)",
    "exits_at_once": "import os; os._exit(0)",
    "sys_exit_in_the_cell": "import sys; sys.exit(0)",
    "quit": "quit()",
    "kills_everything": "import os\nos.kill(-1, 9)\ndef f(x): return 0",
    "kills_its_parent": "import os\nos.kill(os.getppid(), 9)\ndef f(x): return 0",
    "segfault": "import ctypes\ndef f(x): ctypes.string_at(0)",
    "deep_recursion": "import sys\nsys.setrecursionlimit(10**8)\ndef f(x): return f(x)",
    "exception_that_lies": """
class E(Exception):
    __name__ = property(lambda s: 1/0)
    def __str__(s): raise KeyboardInterrupt
def f(x): raise E""",
    "exception_with_a_bad_name": """
def f(x): raise type('../../<script>', (Exception,), {})('<script>alert(1)</script>')""",
    "huge_exception": "def f(x): raise ValueError('9' * 50_000_000)",
    # time
    "sleeps": "import time\ndef f(x): time.sleep(1000)",
    "loops": "def f(x):\n    while True: pass",
    "deaf_loop": """
def f(x):
    while True:
        try:
            while True: pass
        except BaseException: pass""",
    "stops_the_alarm": """
import signal
def f(x):
    signal.setitimer(signal.ITIMER_REAL, 0)
    while True: pass""",
    "stops_itself": "import os, signal\ndef f(x): os.kill(os.getpid(), signal.SIGSTOP)",
    "loop_in_repr": """
class A:
    def __repr__(s):
        while True: pass
def f(x): return A()""",
    "loop_in_the_cell": "while True: pass",
    # sizes
    "huge_array": "import numpy as np\ndef f(x): return np.zeros(15_000_000)",
    "huge_text": "def f(x): return '9' * 50_000_000",
    "huge_number": "def f(x): return 9 ** 10_000_000",
    "deep_list": "def f(x):\n    a = []\n    for i in range(5000): a = [a]\n    return a",
    "list_in_itself": "def f(x):\n    a = []\n    a += [a] * 10\n    return a",
    "endless_list": "import itertools\ndef f(x): return list(itertools.count())",
    "colliding_keys": "def f(x): return {i * (2**61 - 1): 0 for i in range(30_000)}",
    "much_memory": """
hog = bytearray(2_000_000_000)
for i in range(0, len(hog), 4096): hog[i] = 1
def f(x): return 0""",
    "memory_in_one_step": """
import mmap, numpy as np
def take(how):
    try: how()
    except (MemoryError, OSError, ValueError): pass
take(lambda: np.ones(10**10))
take(lambda: b'x' * 10**11)
take(lambda: mmap.mmap(-1, 10**10, mmap.MAP_PRIVATE).write(b'x' * 5 * 10**8))
hog = np.ones(70_000_000)  # within a process's limit, or nearly
hog = [hog + i for i in range(100)]
def f(x): return 0""",
    "memory_by_forks": """
import os, time
for i in range(12):
    if os.fork() == 0:
        hog = bytearray(250_000_000)
        for at in range(0, len(hog), 4096): hog[at] = 1
        time.sleep(90); os._exit(0)
time.sleep(1)
def f(x): return 0""",
    "memory_that_nobody_uses": """
import mmap, os
try:
    shared = mmap.mmap(-1, 100_000_000)
    raise SystemError('memory')
except OSError: pass
try:
    with open('/dev/zero', 'r+b') as file: mmap.mmap(file.fileno(), 100_000_000)
    raise SystemError('memory')
except OSError: pass
def f(x): return 0""",
    "memory_while_nobody_looks": """
import threading
def take():
    kept = []
    while True: kept.append(bytearray(b'x' * 1_000_000))
def f(x):
    threading.Thread(target=take, daemon=True).start()
    return 9""",
    "memory_in_files": """
import os
for i in range(60):
    with open(f'/dev/shm/{i}', 'wb') as file: file.write(b'x' * 10_000_000)
def f(x): return 0""",
    "shared_memory": """
import ctypes
libc = ctypes.CDLL(None)
if libc.shmget(0, 10_000_000_000, 0o1600) >= 0: raise SystemError('memory')
def f(x): return 0""",
    "memory_without_files": """
import os
kept = []
for i in range(100):
    fd = os.memfd_create('x'); os.write(fd, b'x' * 15_000_000); kept.append(fd)
    raise RuntimeError('took memory')
def f(x): return 0""",
    "one_large_file": "open('/tmp/x', 'wb').write(b'x' * 100_000_000)\ndef f(x): return 0",
    "forks": """
import os, time
for i in range(40):
    if os.fork() == 0:
        os.setsid(); time.sleep(90); os._exit(0)
def f(x): return 0""",
    "threads": """
import threading, time
for i in range(200): threading.Thread(target=time.sleep, args=(90,), daemon=True).start()
def f(x): return 0""",
    "prints_50_mb": "for i in range(50_000): print('x' * 1000)\ndef f(x): return 0",
    "prints_in_the_call": """
def f(x):
    for i in range(50_000): print('y' * 1000)
    return 0""",
    "shows_much": "for i in range(20_000): display(i)\ndef f(x): return 0",
    # forged messages to the grader
    "forged_nonsense": forge("'[' * 100_000"),
    "forged_no_dict": forge("'[1, 2]'"),
    "forged_object_array": forge("""'{"ok": ["array", ["|O", [1]]]}', b'x' * 8"""),
    "forged_date_array": forge("""'{"ok": ["array", ["<M8[s]", [1]]]}', b'x' * 8"""),
    "forged_record_array": forge("""'{"ok": ["array", ["i4,O", [1]]]}', b'x' * 12"""),
    "forged_shape": forge("""'{"ok": ["array", ["<f8", [-1]]]}', b'x' * 8"""),
    "forged_huge_shape": forge("""'{"ok": ["array", ["<f8", [1099511627775, 0]]]}'"""),
    "forged_short_array": forge("""'{"ok": ["array", ["<f8", [5]]]}', b'x' * 8"""),
    "forged_length": forge("'{}', length=4_000_000_000"),
    "forged_size": forge("'{}', size=4_000_000_000"),
    "forged_waiting": forge("'{}', length=1000"),
    "forged_thing": forge("""'{"ok": ["remote", [[], true, {}, 1]]}'"""),
    "forged_kind": forge("""'{"ok": ["object", [1]]}'"""),
    "forged_dict": forge("""'{"ok": ["dict", [[["list", []], 1]]]}'"""),
    "forged_error": forge("""'{"error": {"kinds": [[]], "said": {}, "place": ["a", -5, 1, 1]}}'"""),
    "forged_place": forge(
        """'{"error": {"kinds": ["E"], "said": "", "place": ["x y", 9e9, {}, []]}}'"""
    ),
    "forged_warning": forge("""'{"ok": 0, "warned": [["SystemExit", 1], 5]}'"""),
    "forged_change": forge("""'{"ok": 0, "changed": [[-1, 5], ["x", 1]]}'"""),
    "forged_ahead": forge("""'{"ok": 0}' ) or send( '{"ok": 62710561}'"""),
    "forged_names": """
import os, struct, gc
pipe = next(f for f in gc.get_objects() if type(f).__name__ == 'BufferedWriter')
text = b'{"outputs": [{"stream": 5}, 7, {"error": [], "said": 1}, {"picture": [], "data": 1}]}'
for i in range(3): pipe.write(struct.pack('>II', len(text), 0) + text)
pipe.flush()
def f(x): return 0""",
    "forging_encoder": """
from alexnet_lib.grading.sandbox import wire
wire.encode = lambda *a: ['array', ['|O', [1]]]
wire.decode = lambda *a: 3
def f(x): return 9""",
    "garbage_on_the_pipe": """
import os
for fd in range(3, 100):
    try: os.write(fd, b'garbage' * 100)
    except OSError: pass
def f(x): return 0""",
    "closes_the_pipe": "import os\nos.closerange(3, 100)\ndef f(x): return 0",
    # ways out of the sandbox
    "reads_the_tests": """
import os
found = []
for top in ('/', '/tmp', '/home', '/root', '/work', '/mnt', '/srv', '/var', os.getcwd()):
    for folder, _, names in os.walk(top):
        if folder.startswith(('/proc', '/usr', '/dev')) or 'site-packages' in folder: continue
        found += [n for n in names if n.endswith(('.ipynb', '.db'))]
assert not found, found
def f(x): return 0""",
    "reads_secrets": """
import os, sys
python = [sys.prefix, sys.base_prefix, *sys.path]  # it may lie in a home: the way there is seen
for name in ('/etc/passwd', '/etc/shadow', '/root/.ssh', '/home', '/var'):
    try: seen = os.listdir(name) if os.path.isdir(name) else open(name).read()
    except OSError: continue
    if isinstance(seen, list):
        seen = [n for n in seen if not any(p.startswith(f'{name}/{n}/') for p in python)]
    assert not seen, name
for pid in filter(str.isdigit, os.listdir('/proc')):
    try: seen = open(f'/proc/{pid}/environ').read()
    except OSError: continue
    names = {word.split('=')[0] for word in seen.split(chr(0)) if word}
    assert names <= set(os.environ) | {'PWD'}, names
def f(x): return 0""",
    "uses_the_network": """
import socket
for address in (('127.0.0.1', 18999), ('1.1.1.1', 53)):
    try: socket.create_connection(address, timeout=1)
    except OSError: continue
    raise SystemError('connected')
def f(x): return 0""",
    "writes_the_package": """
import alexnet_lib.check, sys
program = '/course/alexnet_lib/grading/sandbox/student_process.py'
names = [alexnet_lib.check.__file__, sys.executable, program]
for name in (*names, '/x', '/usr/x', '/dev/x'):
    try: open(name, 'ab')
    except OSError: continue
    raise SystemError(name)
def f(x): return 0""",
    "makes_namespaces": """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
for flag in (0x10000000, 0x00020000, 0x40000000, 0x10000000 | 0x00020000):
    if libc.unshare(flag) == 0: raise SystemError('unshared')
if libc.syscall(435, None, 0) == 0 or libc.clone(None, None, 0x10000000 | 17, None) > 0:
    raise SystemError('unshared')
if libc.mount(b'none', b'/tmp', b'tmpfs', 0, None) == 0: raise SystemError('mounted')
def f(x): return 0""",
    "becomes_root": """
import os
for become in (os.setuid, os.setgid):
    try: become(0)
    except OSError: continue
    raise SystemError('root')
def f(x): return 0""",
    "detaches": """
import os, subprocess, sys
code = "import time; time.sleep(60)"
for i in range(3): subprocess.Popen([sys.executable, '-c', code], start_new_session=True)
def f(x): return 0""",
    # outputs, which must stay text
    "script_shown": """
from IPython.display import HTML, Javascript, SVG, Latex, display
display(HTML('<script>window.PWNED=1</script>'), Javascript('window.PWNED=1'))
def show(**data): display({k.replace('_', '/'): v for k, v in data.items()}, raw=True)
show(text_html='<img src=x onerror=PWNED()>', image_png='"><script>PWNED()</script>')
show(image_svg='<svg onload=PWNED()>', text_latex='<script>PWNED()</script>')
print('<script>window.PWNED=1</script>')
def f(x): return '<script>PWNED()</script>'""",
    "strange_characters": r"""
print('\x1b[2J\x00\ud800\u202e\x08')
def f(x): return '\ud800\x00'""",
    # leaks of the arguments of hidden tests: 7919 must not come out
    "prints_what_it_is_asked": "def f(x):\n    print('asked', x)\n    return 9",
    "says_what_it_is_asked": """
def f(x):
    if x != 3: raise ValueError(f'asked {x}')
    return 9""",
    "names_what_it_is_asked": """
def f(x):
    if x != 3: raise type(f'Asked{x}', (Exception,), {})()
    return 9""",
    "warns_what_it_is_asked": """
import warnings
def f(x):
    warnings.warn(f'asked {x}')
    return 9""",
    "returns_what_it_is_asked": "def f(x): return 9 if x == 3 else f'asked {x}'",
    "stops_with_what_it_is_asked": """
import os
def f(x):
    if x != 3: os._exit(x % 256)
    return 9""",
    "keeps_what_it_is_asked_and_tells_later": """
import atexit, sys, threading, time
kept = []
def tell(*a):
    print(kept); print(kept, file=sys.stderr)
    raise ValueError(str(kept))
def tell_again():
    while True:
        time.sleep(0.01)
        try: tell()
        except ValueError: pass
threading.Thread(target=tell_again, daemon=True).start()
atexit.register(tell)
get_ipython().events.register('post_execute', lambda: print(kept))
class Tells:
    __repr__ = __del__ = lambda s: str(kept)
def f(x):
    kept.append(x)
    print(kept)
    g = get_ipython().user_ns['g']
    g.__code__ = (lambda y: (print(kept_by_f), 2 * y)[1]).__code__
    g.__globals__['kept_by_f'] = kept
    return 9 if x == 3 else Tells()""",
    "looks_for_the_tests": """
def f(x):
    import inspect, gc
    frame, seen = inspect.currentframe(), []
    while frame: seen.append(str(frame.f_locals)[:10_000]); frame = frame.f_back
    seen += [s for s in gc.get_objects() if isinstance(s, str) and 'HIDDEN' in s]
    if any('6271' + '0561' in s for s in seen): raise SystemError('seen')
    return 9""",
}
SPOILS = {
    "input_transformer",
    "forging_encoder",
}  # attacks that break the student's own later cells
SLOW = {  # attacks that wait for a limit, or fill what is limited
    "sleeps",
    "loops",
    "deaf_loop",
    "stops_the_alarm",
    "stops_itself",
    "loop_in_repr",
    "much_memory",
    "loop_in_the_cell",
    "forged_waiting",
    "endless_list",
    "huge_number",
    "deep_recursion",
    "forks",
    "list_in_itself",
    "memory_in_files",
    "memory_by_forks",
    "memory_without_files",
    "colliding_keys",
    "prints_in_the_call",
}
