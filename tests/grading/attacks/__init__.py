"""Hostile submissions; their names say what they try.

`answers.py` attacks from one answer cell, `files.py` through what the notebook itself is or claims.
They have limits, too: 40 processes, 2 GB of memory, 50 MB of output, this machine's own network.
"""
