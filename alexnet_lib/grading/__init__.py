"""The instructor's side: assign, collect, grade, export. nbgrader keeps the gradebook.

The way of a submission:

    downloads    what an LMS hands out -> (student, bytes of a file)
    rebuild      a student's notebook -> its answers on the released notebook
    grader       a class: submissions run side by side, recorded one after another
    runner       a notebook: the student's cells in the sandbox, the tests here
    sandbox      the room where students' code runs, and what may pass its wall
    recording    points into the gradebook, notebook and page into the folder, last a record
    feedback     the page for the student, without hidden tests and without scripts
    exporting    the points, as an LMS takes them

Around them: `folder` (the course folder and its settings), `assigning` and `releasing` (what
students get), `lateness` (a plugin of nbgrader), `nbgrader_execute` (the same for nbgrader's own
commands).

Nothing of a submission is run, imported or unpickled outside the sandbox, or shown as HTML.
"""

__all__ = []
