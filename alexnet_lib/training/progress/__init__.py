"""What a run reports while it goes on: in a log, on a terminal, in a notebook, in files.

    report     the calls that the trainer makes, and lines for a log   (nothing)
    terminal   a bar for a run, a counter for a command                (tqdm)
    notebook   a plot that is redrawn while the run goes on            (Matplotlib)
    files      metrics.jsonl, and TensorBoard where it is installed    (nothing)

The trainer knows one `Report` and calls its methods; `report_for` chooses it. Each report does one
thing, and `Reports` combines several. A report that can no longer be written (a closed pipe, a full
disk) never ends the run.
"""

from alexnet_lib.training.progress.report import Lines, Report, Reports, report_for

__all__ = ["Lines", "Report", "Reports", "report_for"]
