"""What an installed package holds besides its modules: data, front ends, licences."""

import subprocess
import tomllib
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LIMIT = 15e6  # bytes; README says so


def package_files():
    """The files of the package that are no modules, as paths from the package's folder."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "alexnet_lib"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return [name.removeprefix("alexnet_lib/") for name in listed if not name.endswith(".py")]


def test_each_file_that_is_no_module_is_installed():
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["alexnet_lib"]
    names = package_files()
    assert "data/networks/squeezenet.npz" in names
    assert [name for name in names if not any(fnmatch(name, p) for p in patterns)] == []


def test_each_licence_of_data_is_a_licence_of_the_package():
    licences = {f"alexnet_lib/{n}" for n in package_files() if n.endswith("LICENSE")}
    assert licences | {"LICENSE"} == set(PROJECT["project"]["license-files"])


def test_the_package_stays_as_small_as_the_readme_says():
    size = sum((ROOT / "alexnet_lib" / name).stat().st_size for name in package_files())
    assert 5e6 < size < LIMIT
    assert f"less than {LIMIT / 1e6:.0f} MB" in (ROOT / "README.md").read_text("utf-8")
