"""The rooms of the package: who may import whom."""

import ast
from pathlib import Path

import alexnet_lib

PACKAGE = Path(alexnet_lib.__file__).parent
# From the ground up. A room imports from lower floors alone, lazily or not.
FLOORS = (
    {"arguments", "check", "files"},
    {"data", "grading"},
    {"networks"},
    {"scratch"},
    {"plots", "widgets"},
    {"training"},
    {"commands"},
    {"cli"},
)
FLOOR = {room: i for i, rooms in enumerate(FLOORS) for room in rooms}


def modules():
    """(name within the package, syntax tree) for every module."""
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        yield name.removesuffix(".__init__"), ast.parse(path.read_text("utf-8"))


def imports(tree):
    """The package's modules that a module imports, wherever the import stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "alexnet_lib":
            names = [f"alexnet_lib.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            continue
        for name in names:
            if name.startswith("alexnet_lib.") and not name.endswith("__version__"):
                yield name.removeprefix("alexnet_lib.")


def test_a_room_imports_only_from_floors_below_and_from_itself():
    upwards = [
        f"{module} imports {imported}"
        for module, tree in modules()
        if module != "__init__"
        for imported in imports(tree)
        if (here := module.split(".")[0]) != (there := imported.split(".")[0])
        and FLOOR[there] >= FLOOR[here]
    ]
    assert upwards == []


def test_no_command_imports_another():
    """What commands share stands in modules that are none: courses, runs, parsing, errors."""
    from alexnet_lib.cli import COMMANDS

    names = {name.replace("-", "_") for name in COMMANDS}
    siblings = [
        f"{module} imports {imported}"
        for module, tree in modules()
        if module.startswith("commands.")
        for imported in imports(tree)
        if imported.startswith("commands.") and imported.split(".")[1] in names
    ]
    assert siblings == []


def test_the_trainer_knows_no_network():
    knowing = [
        module
        for module, tree in modules()
        if module.startswith("training.") and "networks.models" in set(imports(tree))
    ]
    assert knowing == ["training.bench"]


def test_the_top_has_at_most_twelve_names():
    names = {path.stem for path in PACKAGE.iterdir() if path.name[0] not in "_."}
    assert names == set(FLOOR)
    assert len(names) <= 12
