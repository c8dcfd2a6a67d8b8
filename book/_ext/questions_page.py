"""``{course-questions}``: what people ask, in two languages, with answers and a filter.

The questions come from ``book/faq.yml``, and the page is built again when that changes. Each is a
section, so it has an address of its own, and the search finds it by its title.
"""

from pathlib import Path

import yaml
from docutils import nodes
from sphinx.util.docutils import SphinxDirective


def read_questions(root):
    """Return ``book/faq.yml`` under a root: groups with a `title` and `questions`."""
    return yaml.safe_load(Path(root, "book/faq.yml").read_text("utf-8"))


class CourseQuestions(SphinxDirective):
    """``{course-questions}``: a section for each group, with a section for each question."""

    def run(self):
        """Return the sections, and the place where site.js puts the field."""
        self.env.note_dependency(str(Path(self.env.srcdir, "book/faq.yml")))
        groups = [self.group(group) for group in read_questions(self.env.srcdir)]
        return [nodes.container("", classes=["question-filter"]), *groups]

    def group(self, group):
        """Return a group's section."""
        questions = [self.question(**question) for question in group["questions"]]
        return self.section(group["title"], "question-group", *questions)

    def question(self, ask, zh, answer):
        """Return a question's section: the question in Chinese, then the answer."""
        # The class becomes <span lang="zh-Hans">, which a screen reader speaks as Chinese.
        chinese = nodes.inline("", zh, classes=["language-zh-Hans"])
        answers = self.parse_text_to_nodes(answer)
        return self.section(ask, "question", nodes.paragraph("", "", chinese), *answers)

    def section(self, title, kind, *content):
        """Return a section with a title and an address made from it."""
        section = nodes.section("", nodes.title("", title), *content, classes=[kind])
        section["names"] = [nodes.fully_normalize_name(title)]
        self.state.document.note_implicit_target(section, section)
        return section


def connect(app):
    """Register the directive."""
    app.add_directive("course-questions", CourseQuestions)
