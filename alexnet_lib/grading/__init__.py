"""The instructor's side: assign, collect, grade and export. nbgrader keeps the gradebook.

The path of a submission:

    downloads    files from an LMS -> (student, bytes of a file); `times` says when they came
    rebuild      a student's notebook -> its answers on the released notebook
    grader       a class: submissions run side by side, results are recorded one after another
    runner       a notebook: the student's cells in the sandbox, the tests here
    sandbox      the process that runs students' code, and the messages to and from it
    records      points into the gradebook, notebook and page into the folder, last a record
    feedback     the page for the student, without hidden tests and without scripts
    scores       the points, as an LMS imports them

Around them: `folder` (the course folder and its settings), `assign` and `release` (the notebooks
for students), `lateness` (a plugin for nbgrader), `nbgrader_execute` (the sandbox for nbgrader's
own commands).

Nothing from a submission is run, imported or unpickled outside the sandbox, or shown as HTML.
"""

__all__ = []
