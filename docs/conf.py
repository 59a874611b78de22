"""The static site: ``make site`` builds it from the Markdown of this folder, which a code host shows as well.

What stands in the menu is what the index, README.md, links to, under its headings: the index is written once.
"""

import re
import shutil
from pathlib import Path

project = "Turnstile"
extensions = ["myst_parser"]
root_doc = "README"
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "Turnstile"
html_copy_source = False
html_show_copyright = False
html_use_index = False
myst_heading_anchors = 4

_LINK = re.compile(r"\[([^\]]*)\]\((?!\.\.|https?:)([\w/.-]+)\.md\)")


def toctrees(app, docname: str, source: list[str]) -> None:
    """Behind an index, a hidden table of contents for each of its headings, of the pages that it links to there."""
    if docname.rpartition("/")[2] != "README":
        return
    head, *sections = re.split(r"^## ", source[0], flags=re.M)
    for section in [f"\n{head}", *sections]:
        pages = dict.fromkeys(f"{said} <{page}>" for said, page in _LINK.findall(section))
        if pages:
            caption = section.partition("\n")[0]
            listed = [":hidden:", *([f":caption: {caption}"] if caption else []), "", *pages]
            source[0] += "\n".join(["\n\n```{toctree}", *listed, "```\n"])


def entrance(app, error) -> None:
    """The index is README on a code host, and index.html where a folder is served."""
    if not error:
        shutil.copyfile(Path(app.outdir) / "README.html", Path(app.outdir) / "index.html")


def setup(app) -> None:
    """Called by Sphinx."""
    app.connect("source-read", toctrees)
    app.connect("build-finished", entrance)
