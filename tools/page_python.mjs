// Make the files of book/_ext/python from Pyodide's and NumPy's own (see page_python.py):
//   node page_python.mjs FOLDER-OF-PYODIDE WHEEL TARGET
//
// Python itself does the work, the one that is packed here: so the compiled modules are of its
// version, and its own zlib writes the same bytes on every machine.

import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [source, wheel, target] = process.argv.slice(2).map((name) => path.resolve(name));
const { loadPyodide } = await import(pathToFileURL(path.join(source, "pyodide.mjs")));

async function start() {
  // Python writes the constants of `x in {…}` in the order of their hashes.
  const python = await loadPyodide({
    indexURL: source + path.sep,
    env: { PYTHONHASHSEED: "0", HOME: "/home/pyodide" },
  });
  python.unpackArchive(new Uint8Array(fs.readFileSync(wheel)), "zip", {
    extractDir: "/lib/python3.12/site-packages",
  });
  return python;
}

// Which modules a page imports, found in one Python, for another that has imported nothing more.
const IMPORTED = `
import ast, asyncio, copy, datetime, functools, io, itertools, json, linecache, math, random, re
import sys, tomllib, traceback, types, warnings, collections, contextlib, importlib.resources
import numpy, numpy.random, numpy.linalg, numpy.fft
numpy.array2string(numpy.zeros(3)); numpy.einsum("i,i->", numpy.ones(2), numpy.ones(2))
names = set()
for module in list(sys.modules.values()):
    file = getattr(module, "__file__", None) or ""
    for root in ("/lib/python312.zip/", "/lib/python3.12/site-packages/"):
        if file.startswith(root) and file.endswith(".py"):
            names.add(file.removeprefix(root))
sorted(names)
`;

const PACK = `
import gzip, importlib._bootstrap_external as bootstrap, io, zipfile

# What a page in a browser can't use: other processes, mail and other servers, a debugger's console.
NO_USE = ("multiprocessing/", "xmlrpc/", "wsgiref/", "imaplib.py", "mailbox.py", "smtplib.py",
          "nntplib.py", "ftplib.py", "poplib.py", "telnetlib.py", "cgi.py", "cgitb.py", "pdb.py")
# NumPy's headers, its tests and the translator of Fortran.
NO_USE_OF_NUMPY = ("numpy/f2py/", "numpy/_core/include/", "numpy/_core/lib/", "numpy/_core/_operand",
                   "numpy/_core/_rational_tests", "numpy/_core/_struct_ufunc_tests",
                   "numpy/_core/_umath_tests", "numpy/_pyinstaller/")

def pack(data, leave_out, imported, optimize):
    """Return a zip of the same modules, those in imported compiled."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(result, "w") as target:
        for name in sorted(source.namelist()):
            if name.endswith(("/", ".pyi", ".pxd", ".h", ".c", ".a")) or name.startswith(leave_out):
                continue
            content = source.read(name)
            if name in imported:
                code = compile(content, name, "exec", dont_inherit=True, optimize=optimize)
                content = bytes(bootstrap._code_to_hash_pyc(code, bytes(8), checked=False))
                name += "c"
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            target.writestr(entry, content, zipfile.ZIP_DEFLATED, 9)
    return result.getvalue()

imported = set(imported)
# Without the docstrings of Python's own modules, which nobody asks for; NumPy needs its own.
stdlib = pack(bytes(stdlib), NO_USE, imported, 2)
numpy = pack(bytes(numpy), NO_USE_OF_NUMPY, imported, 0)
zipped = {name: gzip.compress(bytes(data), 9, mtime=0) for name, data in whole.items()}
`;

const read = (file) => new Uint8Array(fs.readFileSync(file));
const imported = (await start()).runPython(IMPORTED).toJs();
const python = await start();
python.globals.set("imported", python.toPy(imported));
python.globals.set("stdlib", python.toPy(read(path.join(source, "python_stdlib.zip"))));
python.globals.set("numpy", python.toPy(read(wheel)));
const names = ["pyodide.asm.wasm", "pyodide.asm.js", "pyodide.js"];
const whole = new Map(names.map((name) => [name, read(path.join(source, name))]));
python.globals.set("whole", python.toPy(whole));
python.runPython(PACK);
const write = (name, data) => fs.writeFileSync(path.join(target, name), data.toJs());
write("python_stdlib.zip", python.globals.get("stdlib"));
write("numpy.zip", python.globals.get("numpy"));
for (const name of names) write(`${name}.gz`, python.globals.get("zipped").get(name));
