"""Hostile submissions: what they try is in their names.

`answers.py` attacks from one answer cell, `files.py` by what the notebook itself is or claims.
Bounded all the same: 40 processes, 2 GB of memory, 50 MB of output, this machine's own network.
"""
