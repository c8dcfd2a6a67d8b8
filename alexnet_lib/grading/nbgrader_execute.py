"""The sandbox as a part of nbgrader: a preprocessor that replaces its `Execute`.

    c.Autograde.autograde_preprocessors = ["alexnet_lib.grading.nbgrader_execute.SandboxedExecute"]

With it, `nbgrader autograde` and Formgrader's button run students' code in the sandbox as well.
`alexnet grade` doesn't use it: it starts workers of its own (grader.py).
"""

from nbformat import from_dict
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Float, Integer, List, Unicode

from alexnet_lib.grading.folder import Course
from alexnet_lib.grading.runner import ANSWER, GIVEN, TEST, run
from alexnet_lib.grading.sandbox.process import PACKAGE, Limits, check_sandbox

__all__ = ["SandboxedExecute"]


class SandboxedExecute(NbGraderPreprocessor):
    """Runs the student's cells in the sandbox, and the gradebook's tests outside of it."""

    cell = Float(Limits.cell, help="seconds for one cell").tag(config=True)
    call = Float(Limits.call, help="seconds for one call of a function").tag(config=True)
    total = Float(Limits.total, help="seconds for a whole submission").tag(config=True)
    memory = Integer(Limits.memory, help="bytes of memory, of all its processes").tag(config=True)
    private = List(
        Unicode(),
        [str(PACKAGE.parent / "exercises")],
        help="folders that no submission may see, besides the course folder",
    ).tag(config=True)

    def preprocess(self, nb, resources):
        """Run a notebook and put the outputs into its cells."""
        check_sandbox()
        about = resources["nbgrader"]
        with Gradebook(about["db_url"]) as gradebook:
            source = gradebook.find_notebook(about["notebook"], about["assignment"])
            locked = {cell.name: cell.source for cell in source.source_cells if cell.locked}
            graded = {cell.name: cell.max_score for cell in source.grade_cells}
        cells, code = [], []
        seen = set()
        for cell in nb.cells:
            mark = cell.metadata.get("nbgrader", {})
            name = mark.get("grade_id")
            # A cell that claims to be a test but isn't in the gradebook counts for nothing.
            if name in seen or (utils.is_grade(cell) and name not in graded):
                cell.metadata.pop("nbgrader", None)
                name = None
            seen.add(name)
            if cell.cell_type != "code":
                continue
            kind = ANSWER
            if name in locked:
                cell.source = locked[name]
                kind = TEST if name in graded else GIVEN
            cells.append({"kind": kind, "source": cell.source, "points": graded.get(name, 0)})
            code.append(cell)
        limits = Limits(self.cell, self.call, self.total, self.memory)
        root = str(self.config.CourseDirectory.get("root") or ".")
        private = [*self.private, root]
        student = Course(root).number_for(about.get("student", ""), about["assignment"])
        for cell, outputs in zip(code, run(cells, limits, private, student), strict=True):
            cell.outputs = [from_dict(output) for output in outputs]
        return nb, resources
