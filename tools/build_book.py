"""Build the book: `jupyter-book`, with two seconds less to wait.

It imports jsonschema, which compiles thirty grammars of Internet addresses where it finds the
package rfc3987_syntax (Jupyter's server brings it along); a configuration needs none of them.
"""

import sys

sys.modules.setdefault("rfc3987_syntax", None)  # importing it raises ImportError

from jupyter_book.cli.main import main  # noqa: E402

if __name__ == "__main__":
    sys.argv[0] = "jupyter-book"
    sys.exit(main())
