"""The commands of `alexnet`, one module each.

A module's docstring is the head of its help; `add_options(parser)` names its options, and
`run(options)` does the work and returns the exit code, None for 0. A new command needs a module
here and a line in COMMANDS. Modules import PyTorch inside functions: a help text must come at once.
"""

__all__ = ["COMMANDS"]

# name -> what it does, in the order in which they are listed
COMMANDS = {
    "train": "train a network, or go on with a run",
    "evaluate": "how often a trained network is right",
    "predict": "what a trained network sees in images",
    "pack": "decode a folder of images once, for training at full speed",
    "bench": "how fast this machine trains",
    "assign": "assign an exercise: course folder, release, and the text for your LMS",
    "collect": "take in what students have handed in",
    "grade": "grade what students have handed in",
    "export": "the scores as a table, for Canvas or Moodle too",
    "doctor": "what is here, what would be used, what is missing",
}
