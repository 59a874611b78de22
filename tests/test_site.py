"""The static site of docs: it builds without a complaint, every page is in its menu, and it needs no network."""

import re
import subprocess
import sys
from importlib.util import find_spec

import pytest

from tests.pages import PAGES, ROOT

NAMES = [page.removeprefix("docs/").removesuffix(".md") for page in PAGES if page.startswith("docs/")]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of the site. A broken link, an image that is not there and a page outside the menu are complaints."""
    if not all(map(find_spec, ("sphinx", "myst_parser", "furo"))):
        pytest.skip("the site is built with Sphinx, of the extra docs, which is not installed")
    out = tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-d", str(out / "doctrees")]
    done = subprocess.run([*build, str(ROOT / "docs"), str(out / "html")], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return out / "html"


def test_every_page_is_there_and_in_the_menu(site):
    index = (site / "index.html").read_text(encoding="utf-8")
    menu = dict(re.findall(r'class="toctree-l\d[^"]*"><a[^>]* href="([^"#]*)">(.)', index))
    for name in NAMES:
        assert (site / f"{name}.html").exists()
        assert name == "README" or f"{name}.html" in menu, name
    assert all(first.isupper() for first in menu.values()), menu


def test_it_loads_nothing_from_elsewhere(site):
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        loaded = re.findall(r'<(?:script|img|iframe)[^>]* src="([^"]*)|<link[^>]* href="([^"]*)', text)
        for where in map("".join, loaded):
            assert not re.match(r"(https?:)?//", where), f"{page.name}: {where}"
            path = page.parent / re.split(r"[?#]", where)[0]
            assert where.startswith("data:") or path.exists(), f"{page.name}: {where}"
