"""The site as one file."""

import io
import re
import zipfile

import pytest
import zip_site

from .conftest import ROOT


def test_the_same_site_gives_the_same_bytes(tmp_path, capsys):
    site = tmp_path / "_build/html"
    (site / "_static").mkdir(parents=True)
    (site / "_static/b.js").write_text("b")
    (site / ".buildinfo").write_text("of this machine")
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2"\n')
    assert zip_site.main([], root=tmp_path) == 2
    assert "the site isn't built, so run `make book`" in capsys.readouterr().err
    assert not (tmp_path / "dist").exists()

    (site / "index.html").write_text("a")
    assert zip_site.main([], root=tmp_path) == 0
    path = tmp_path / "dist/alexnet-book-1.2.zip"
    assert capsys.readouterr().out.startswith(f"{path}: 0.0 MB.")
    before = path.read_bytes()
    (site / "index.html").touch()
    (site / "_static/b.js").chmod(0o600)
    assert zip_site.main([], root=tmp_path) == 0
    assert path.read_bytes() == before
    with zipfile.ZipFile(path) as made:
        assert made.namelist() == ["alexnet-book-1.2/_static/b.js", "alexnet-book-1.2/index.html"]
        assert made.read("alexnet-book-1.2/index.html") == b"a"

    other = site / "book.zip"  # beside the site, as it is published
    for _ in range(2):
        assert zip_site.main(["_build/html/book.zip"], root=tmp_path) == 0
        assert other.read_bytes() == before


def test_the_first_page_says_how_large_it_is(site):
    content = zip_site.zipped(site, "book")
    text = (ROOT / "book/index.md").read_text("utf-8")
    (said,) = re.findall(r"in one file\]\([^)]*\.zip\) \((\d+) MB\)", text)
    assert len(content) / 1e6 == pytest.approx(int(said), rel=0.1)
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    pages = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    assert {f"book/{page}" for page in pages} <= set(names)
