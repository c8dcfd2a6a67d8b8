"""A pytest plugin that keeps slow things away from every process of the tests.

nbformat imports jsonschema, which compiles thirty grammars of Internet addresses if it finds the
package rfc3987_syntax (Jupyter's server brings it along): a second and a half, and a notebook's
schema needs none of them. And YAML is read ten times as quickly by the library in C.
"""

import functools
import sys

import yaml

sys.modules.setdefault("rfc3987_syntax", None)  # importing it raises ImportError
yaml.safe_load = functools.partial(yaml.load, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
