"""The commands of `alexnet`, one module each.

A module's docstring begins its help; `add_options(parser)` declares its options, and `run(options)`
does the work and returns the exit code, or None for 0. A new command needs a module here and a line
in COMMANDS (`export-web` is the module export_web). Modules import PyTorch inside functions, so
that help appears at once.
"""

__all__ = ["COMMANDS"]

# name -> what it does, in the order of the overview
COMMANDS = {
    "train": "train a network, or resume a run",
    "evaluate": "measure how often a trained network is right",
    "predict": "say what is in pictures, with a bundled network or your own",
    "export-web": "write a trained network as files that the book's pages can run",
    "pack": "decode a folder of images once, for training at full speed",
    "bench": "measure how fast this machine trains",
    "assign": "assign an exercise: course folder, release, and the text for your LMS",
    "collect": "collect what students have handed in",
    "grade": "grade what students have handed in",
    "export": "write the scores as a table, also for Canvas or Moodle",
    "export-quiz": "write the quizzes of lessons for Canvas or Moodle",
    "doctor": "show what is installed, what would be used and what is missing",
}
