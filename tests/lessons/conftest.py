"""The folder claims is a package of these tests, whose files use one another."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
