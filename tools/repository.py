"""The repository's address, and a program that gives a fork its own.

    make repository URL=https://github.com/OWNER/NAME

`_config.yml` decides the address. Every notebook's setup cell, `pyproject.toml`, the README and
some other files repeat it: a notebook opened alone in Colab can't look it up. The program rewrites
all of them, and with them the address of the website, https://OWNER.github.io/NAME/.
"""

import argparse
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

from alexnet_lib.files import write_atomic

ROOT = Path(__file__).resolve().parents[1]

# The website and the Colab buttons need GitHub, so no other host will do.
ADDRESS = re.compile(r"https://github\.com/([A-Za-z0-9][A-Za-z0-9-]{0,38})/([\w.-]+)", re.ASCII)


def address(root: Path = ROOT) -> str:
    """Return the repository's address from `_config.yml`, without a slash at its end."""
    config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    return config["repository"]["url"].rstrip("/")


def site(url: str) -> str:
    """Return the address of a repository's website on GitHub Pages."""
    owner, name = ADDRESS.fullmatch(url).groups()
    return f"https://{owner.lower()}.github.io/{name}/"


def text_files(root: Path) -> Iterator[tuple[Path, str]]:
    """Yield (path, text) of the repository's text files, except those built or installed."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(
            name
            for name in folders
            if name not in ("_build", "build", "dist")
            and not name.endswith(".egg-info")
            and (name == ".github" or not name.startswith("."))
        )
        for path in sorted(Path(folder) / name for name in names):
            try:
                # newline="" keeps the line endings as they are
                with path.open(encoding="utf-8", newline="") as file:
                    yield path, file.read()
            except (UnicodeDecodeError, FileNotFoundError):
                continue  # a picture, or a broken link


def rewrite(url: str, root: Path = ROOT) -> list[Path]:
    """Replace the repository's address by `url` everywhere; return the files that changed."""
    old = address(root)
    # Another repository's name may begin with ours; .git or a full stop may follow ours.
    end = r"(?![\w-]|\.(?!git\b)\w)"
    slug = re.escape("/".join(ADDRESS.fullmatch(old).groups()))
    # On GitHub, on the host of its raw files, and behind /github/ on Colab.
    source = re.compile(rf"(github\.com[/:]|githubusercontent\.com/|/github/){slug}{end}")
    website = re.compile(re.escape(site(old).rstrip("/")) + end, re.IGNORECASE)
    changed = []
    for path, text in text_files(root):
        new = source.sub(rf"\g<1>{'/'.join(ADDRESS.fullmatch(url).groups())}", text)
        new = website.sub(site(url).rstrip("/"), new)
        if new != text:
            write_atomic(path, new)
            changed.append(path)
    return changed


def main(arguments: list[str], root: Path = ROOT) -> int:
    """Rewrite the address to the one given; return 2 if that isn't a possible address."""
    parser = argparse.ArgumentParser(description="Give a fork its own address.")
    parser.add_argument("url", metavar="URL", nargs="?", default="")
    url = parser.parse_args(arguments).url.removesuffix("/").removesuffix(".git")
    if not ADDRESS.fullmatch(url):
        given = f"{url!r} is not one" if url else "none was given"
        print(
            f"The repository needs an address like https://github.com/OWNER/NAME, and {given}: "
            "make repository URL=https://github.com/OWNER/NAME",
            file=sys.stderr,
        )
        return 2
    changed = rewrite(url, root)
    for path in changed:
        print(path.relative_to(root).as_posix())
    print(f"{len(changed)} files changed; the address is {url}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
