"""The repository of the book: its chapters, the exercises' sources, and the addresses of both.

The installed package doesn't have the exercises' sources, so assigning needs a clone.
"""

import re
from pathlib import Path

import nbformat
import yaml

from alexnet_lib.arguments import did_you_mean

__all__ = ["ROOT", "Book"]

ROOT = Path(__file__).resolve().parents[2]
GITHUB = re.compile(r"https://github\.com/([A-Za-z0-9][A-Za-z0-9-]*)/([\w.-]+?)/?")


class Book:
    """A clone of the repository, described by its course.yml and its _config.yml."""

    def __init__(self, root=ROOT):
        self.root = Path(root)
        files = [self.root / "book/course.yml", self.root / "_config.yml"]
        if not all(file.is_file() for file in files):
            raise ValueError(
                "the exercises' sources are not in the installed package: clone the book's"
                ' repository, run pip install -e ".[instructor]" in it, and use that alexnet.'
            )
        self.course, config = (yaml.safe_load(file.read_text("utf-8")) for file in files)
        self.url, self.branch = config["repository"]["url"], config["repository"]["branch"]

    @property
    def title(self) -> str:
        """The book's title."""
        return self.course["title"]

    def exercise(self, chapter: str) -> str:
        """Return the name of an exercise, given its name, its lesson or its lesson's path."""
        word = chapter.strip("/").removeprefix("book/").removesuffix(".ipynb")
        exercises, lessons = self.course["exercises"], self.course["lessons"]
        if word in lessons:
            if not lessons[word]["exercise"]:
                raise ValueError(f"the lesson {word} has no exercise.")
            return lessons[word]["exercise"]
        if word not in exercises:
            near = did_you_mean(word, [*exercises, *lessons])
            raise ValueError(
                f"the course has no chapter {chapter!r}{near}; it has {', '.join(exercises)}."
            )
        return word

    def about(self, name: str) -> dict:
        """Return an exercise's entry in course.yml."""
        return self.course["exercises"][name]

    def lesson(self, name: str) -> tuple[str, dict]:
        """Return (path, entry in course.yml) of the lesson that leads to an exercise."""
        for path, lesson in self.course["lessons"].items():
            if lesson["exercise"] == name:
                return path, lesson
        raise ValueError(f"no lesson of book/course.yml leads to the exercise {name}.")

    def notebook(self, kind: str, name: str) -> Path:
        """Return the path of an exercise's notebook: kind is "source" or "release"."""
        path = self.root / f"exercises/{kind}/{name}/{name}.ipynb"
        if not path.is_file():
            raise ValueError(f"{path} is missing: the clone of the repository is incomplete.")
        return path

    def read(self, kind: str, name: str):
        """Return an exercise's notebook."""
        return nbformat.read(self.notebook(kind, name), as_version=4)

    def owner(self) -> tuple[str, str]:
        """Return (owner, repository) from the address in _config.yml."""
        found = GITHUB.fullmatch(self.url)
        if not found:
            raise ValueError(
                f"repository.url in _config.yml is {self.url!r}, but must be like"
                " https://github.com/OWNER/REPOSITORY."
            )
        return found.groups()

    def page(self, path: str) -> str:
        """Return the address of a page of the book on the website."""
        owner, repository = self.owner()
        return f"https://{owner.lower()}.github.io/{repository}/book/{path}.html"

    def colab(self, name: str) -> str:
        """Return the address that opens an exercise's release in Colab."""
        owner, repository = self.owner()
        path = f"exercises/release/{name}/{name}.ipynb"
        where = "https://colab.research.google.com/github"
        return f"{where}/{owner}/{repository}/blob/{self.branch}/{path}"
