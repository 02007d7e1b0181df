"""Templates of HTML: one environment and one set of colours for the notebook's panels and for the report."""

import base64
import hashlib
import itertools
from collections.abc import Mapping
from typing import NamedTuple

import jinja2
from markupsafe import Markup

from decision_kit import files
from decision_kit.grammar import counted, percent, points
from decision_kit.knowledge import Knowledge

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Okabe and Ito's colours, which people with any colour vision can tell apart, for the models in their order."""

HTML = jinja2.Environment(
    loader=jinja2.FileSystemLoader(files.PACKAGE / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
"""Escapes every value, and refuses to leave out what is missing."""


class Bar(NamedTuple):
    """One bar of a chart; left, width and the whole it is a share of in percent of the plot."""

    label: str
    left: float
    width: float
    fill: str
    value: str
    hatched: bool
    leftward: bool = False
    whole: int = 0


def colours(knowledge: Knowledge) -> Mapping[str, str]:
    """Give each model its colour, by id."""
    return dict(zip(knowledge.models, itertools.cycle(COLOURS), strict=False))


def panel(name: str, /, **values: object) -> Markup:
    """Render the template of a panel as HTML that stays HTML where it stands beside other HTML."""
    return Markup(HTML.get_template(f"{name}.html.j2").render(values))  # noqa: S704 - templates escape every value


def _seal(style: str) -> str:
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


HTML.filters |= {"seal": _seal, "counted": counted, "percent": percent, "points": points}
