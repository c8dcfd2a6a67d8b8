"""A pytest plugin that keeps a slow import away: a second and a half, in each process.

nbformat imports jsonschema, which compiles thirty grammars of Internet addresses if it finds the
package rfc3987_syntax (Jupyter's server brings it along). A notebook's schema needs none of them.
"""

import sys

sys.modules.setdefault("rfc3987_syntax", None)  # importing it raises ImportError
