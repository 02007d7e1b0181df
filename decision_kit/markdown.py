"""The environment of the Markdown templates, in which every text is shown as it is."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

import yaml
from markupsafe import Markup

from decision_kit import render
from decision_kit.decision import number_of


def markdown(text: str) -> Markup:
    r"""Write a text so that Markdown shows it as it is, on one line.

    Control and bidirectional override characters, which could hide or break what follows, are left out.

    Examples
    --------
    >>> print(markdown("# <b> | {{x}}"))
    \# &lt;b&gt; \| &#123;&#123;x&#125;&#125;
    """
    shown = line(text)
    shown = shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    shown = re.sub(r"[{}]", lambda brace: f"&#{ord(brace[0])};", shown)  # site generators take {{ }} for templates
    shown = re.sub(r"([\\`*\[\]|~^$])", r"\\\1", shown)
    shown = re.sub(r"(?<!\w)_|_(?!\w)", r"\\_", shown)
    shown = re.sub(r"^([-+=#:])", r"\\\1", shown)
    return Markup(re.sub(r"^(\d+)([.)])(?=\s|$)", r"\1\\\2", shown))  # noqa: S704 - Markup here says: is escaped for Markdown


_BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029\ufeff")


def line(text: str) -> str:
    """Put a text on one line, without characters that cannot be seen but change what can."""
    seen = (c for c in text if c.isspace() or (unicodedata.category(c) != "Cc" and c not in _BIDI))
    return " ".join("".join(seen).split())


def named(name: str) -> str:
    """Put a name on one line; where nothing of it can be seen, dots stand for it."""
    return line(name) or "…"


def _scalar(names: Iterable[str]) -> Markup:
    """Write names as one YAML scalar on one line, quoted only where it must be."""
    written = yaml.safe_dump(", ".join(names), allow_unicode=True, width=10**9)
    return Markup(written.removesuffix("\n...\n").strip())  # noqa: S704 - YAML, not Markdown


def _finalize(value: Any) -> Any:
    return value if isinstance(value, Markup) else markdown(str(value))


ENVIRONMENT = render.HTML.overlay(finalize=_finalize, keep_trailing_newline=True)
"""As that of HTML, with its filters, but escapes every value for Markdown; what a macro gives is escaped already."""


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def _link(address: str) -> Markup:
    """Write an address as a link if it is one that a browser may open."""
    return Markup(f"<{address}>") if re.fullmatch(r"https?://[^\s<>|]+", address) else markdown(address)  # noqa: S704


ENVIRONMENT.filters |= {
    "lower_first": _lower_first,
    "link": _link,
    "scalar": _scalar,
    "number_of": number_of,
    "named": named,
}
