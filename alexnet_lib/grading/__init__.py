"""The instructor's side: assign, collect, grade, export. nbgrader keeps the gradebook.

The way of a submission:

    downloads    what an LMS hands out -> (student, bytes of a file)
    rebuilding   a student's notebook -> its answers on the released notebook
    marking      a class: submissions run side by side, recorded one after another
      worker       a process that runs submissions, and knows neither folder nor gradebook
      running      a notebook: the student's cells in the sandbox, the tests here
      standins     what a test holds in place of the student's functions
      plain        the only things that cross the wall: plain data
      sandbox      a process in bubblewrap; seccomp: the calls that the kernel refuses it
      far          the program in it
    recording    points into the gradebook, notebook and page into the folder, last a record
    feedback     the page for the student, without hidden tests and without scripts
    exporting    the points, as an LMS takes them

Around them: `folder` (the course folder and its settings), `assigning` and `releasing` (what
students get), `lateness` (a plugin of nbgrader), `wall` (the same for nbgrader's own commands).

Nothing of a submission is run, imported or unpickled outside the sandbox, or shown as HTML.
"""

__all__ = []
