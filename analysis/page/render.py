"""HTML of a page: its text escaped, its style and scripts within it, and the network out of reach."""

import base64
import hashlib
import re
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from analysis.page.blocks import Page
from analysis.style import CYCLE
from analysis.table_text import number

_SCRIPTS = ("theme.js", "tables.js", "forms.js", "charts.js")


def render(page: Page) -> str:
    """The page as HTML. Charts are Plotly's, whose script is within it where there is a chart."""
    scripts = [_plotly(), _scripts()]
    allowed = " ".join(f"'sha256-{_digest(script)}'" for script in scripts)
    return _environment().get_template("page.html").render(
        page=page,
        style=Markup(_file("page.css")),
        scripts=[Markup(script) for script in scripts],
        allowed=Markup(allowed),
        cycle=[(colour, _lighter(colour)) for colour in CYCLE],
    )


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("analysis.page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.policies["json.dumps_kwargs"] = {"allow_nan": False, "ensure_ascii": False, "separators": (",", ":")}
    made.filters |= {"prose": prose, "number": number, "anchor": anchor}
    return made


def prose(text: object) -> Markup:
    """Escaped text, with what stands between backticks as code."""
    return Markup(re.sub("`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def anchor(title: str) -> str:
    """A heading as the place that a link leads to."""
    return re.sub(r"\W+", "-", title.lower()).strip("-")


def _lighter(colour: str) -> str:
    """A colour of light paper for dark paper: a third of the way to white."""
    return "#" + "".join(f"{round(c + (255 - c) / 3):02x}" for c in bytes.fromhex(colour[1:]))


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _file(name: str) -> str:
    return resources.files(__package__).joinpath("assets", name).read_text(encoding="utf-8")


@cache
def _scripts() -> str:
    return "\n".join(_file(name) for name in _SCRIPTS)


@cache
def _plotly() -> str:
    from plotly.offline import get_plotlyjs  # here, since it takes a while

    return get_plotlyjs()
