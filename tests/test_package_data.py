"""What an installed package holds besides its modules: data, front ends, licences."""

import shutil
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LIMIT = 15e6  # bytes; README says so


def package_files(modules=False):
    """The files of the package that are no modules, as paths from its folder; or all files."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "alexnet_lib"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    names = [name.removeprefix("alexnet_lib/") for name in listed]
    return [name for name in names if modules or not name.endswith(".py")]


def test_each_file_that_is_no_module_is_installed():
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["alexnet_lib"]
    names = package_files()
    assert "data/networks/squeezenet.npz" in names
    assert [name for name in names if not any(fnmatch(name, p) for p in patterns)] == []


def test_each_folder_is_a_package_of_the_list_and_the_quizzes_are_another():
    folders = {Path("alexnet_lib", name).parent for name in package_files(modules=True)}
    settings = PROJECT["tool"]["setuptools"]
    places = settings["package-dir"]
    assert places == {"alexnet_lib.data.quizzes.files": "book/quizzes"}
    assert set(settings["packages"]) == {".".join(folder.parts) for folder in folders} | set(places)
    (pattern,) = settings["package-data"]["alexnet_lib.data.quizzes.files"]
    for folder in places.values():
        assert {file.suffix for file in (ROOT / folder).iterdir()} == {pattern.removeprefix("*")}


def test_an_installed_package_finds_its_quizzes(tmp_path):
    """As setuptools lays them out: below the module that reads them, with no book beside it."""
    shutil.copytree(ROOT / "alexnet_lib/data/quizzes", tmp_path / "alexnet_lib/data/quizzes")
    shutil.copy(ROOT / "alexnet_lib/arguments.py", tmp_path / "alexnet_lib")
    shutil.copytree(ROOT / "book/quizzes", tmp_path / "alexnet_lib/data/quizzes/files")
    for folder in ("alexnet_lib", "alexnet_lib/data"):
        (tmp_path / folder / "__init__.py").touch()
    code = "from alexnet_lib.data.quizzes import *; print(quiz_file('convolution'))"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(tmp_path / "alexnet_lib/data/quizzes/files/convolution.yml")


def test_each_licence_of_data_is_a_licence_of_the_package():
    licences = {f"alexnet_lib/{n}" for n in package_files() if n.endswith("LICENSE")}
    ours = {"LICENSE", "LICENSE-content"}  # of the code, and of the quizzes
    assert licences | ours == set(PROJECT["project"]["license-files"])


def test_the_package_stays_as_small_as_the_readme_says():
    size = sum((ROOT / "alexnet_lib" / name).stat().st_size for name in package_files())
    assert 5e6 < size < LIMIT
    assert f"less than {LIMIT / 1e6:.0f} MB" in (ROOT / "README.md").read_text("utf-8")
