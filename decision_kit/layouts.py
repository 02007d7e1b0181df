"""Lay a decision out as a record in Markdown: MADR 4, Nygard's, or MADR 2, from one set of templates.

What a record says of its status, people, dates, links and name may change after it was written. Those parts are
rendered by themselves, so that they can be changed in a written record while every other byte stays.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jinja2
import yaml
from markupsafe import Markup

from decision_kit import files, wording
from decision_kit.decision import Decision, number_of
from decision_kit.errors import InputError
from decision_kit.evaluation import Evaluation
from decision_kit.knowledge import Knowledge
from decision_kit.scoring import Contribution

if TYPE_CHECKING:
    from decision_kit.boundary import Line

LAYOUTS = ("madr", "nygard", "madr2")
"""MADR 4 (https://adr.github.io/madr), Michael Nygard's of 2011 as adr-tools writes it, MADR 2."""

MOST = 5
"""How many consequences of each sign are named; the table of scores holds them all."""

GOOD, BAD = 2.5, 1.5
"""From which mean rating (0-4) on, and up to which, a model is called good or bad at a requirement."""

PARTS = ("head", "opening", "review", "links")
"""What may change in a written record, as the templates name it."""

UNSEALED = f"{'0' * 12}-{'0' * 12}"
"""Stands where the seal will be."""


@dataclass(frozen=True)
class Face:
    """What of a record may change after it was written.

    Attributes
    ----------
    decision : Decision
        As it is recorded.
    stem : str
        The record's name without an ending, such as ``0001-coordinate-orders``.
    title : str
        The record's title.
    layout : str
        One of ``LAYOUTS``.
    """

    decision: Decision
    stem: str
    title: str
    layout: str

    @property
    def number(self) -> str:
        """The record's number, as its name gives it."""
        return number_of(self.stem)

    @property
    def roles(self) -> dict[str, list[str]]:
        """Who takes part, by role; a comma within a name would make two people of one."""
        people = {
            "decision-makers": self.decision.deciders,
            "consulted": self.decision.consulted,
            "informed": self.decision.informed,
        }
        names = {role: [line(name.replace(",", " ")) for name in row] for role, row in people.items()}
        return {role: [name for name in row if name] for role, row in names.items() if any(row)}

    @property
    def standing(self) -> str:
        """The status, with the record that took this one's place."""
        by = self.decision.superseded_by
        return f"superseded by ADR-{number_of(by)}" if by else self.decision.status

    @property
    def opening(self) -> str:
        """How the record's abstract begins."""
        return wording.opening(self.decision)

    @property
    def review(self) -> str:
        """When the decision is looked at again."""
        return wording.review(self.decision)

    @property
    def written(self) -> str:
        """Where the record comes from; :func:`reopen <decision_kit.records.reopen>` finds the decision by it."""
        return f"Written by decision-kit from {self.stem}.decision.json, layout {self.layout}, seal {UNSEALED}"


@dataclass(frozen=True)
class Origin:
    """Where a record in Markdown comes from, as it says itself; found by :func:`origin`.

    ``decision_file`` is the name of the JSON file; ``decision`` and ``text`` are the two halves of the seal.
    """

    decision_file: str
    layout: str
    decision: str
    text: str


def write(evaluation: Evaluation, stem: str, layout: str = "madr") -> str:
    """Write a record.

    Parameters
    ----------
    evaluation : Evaluation
        Of the decision as it will be recorded, its ``basis`` included.
    stem : str
        The record's name without an ending; its JSON lies beside it under the same name.
    layout : str
        One of ``LAYOUTS``.

    Returns
    -------
    str
        Markdown; user text is escaped, so that no reader takes it for markup.

    Raises
    ------
    InputError
        If there is no such layout.
    """
    if layout not in LAYOUTS:
        raise InputError(f"layout: {layout[:60]!r} is not one of {', '.join(LAYOUTS)}.")
    decision, verdict = evaluation.decision, evaluation.verdict
    needs = sorted(evaluation.scores.contributions, key=lambda contribution: -contribution.weight)
    gained, paid = wording.reasons(evaluation, *evaluation.compared) if evaluation.compared else ([], [])
    advised = [advice for advice in evaluation.knowledge.guidance if advice.model == evaluation.model]
    used = {
        vote.source
        for contribution in needs
        for model in evaluation.scores.eligible
        for vote in evaluation.knowledge.votes.get((model, contribution.answer.requirement), ())
    }
    text = _ENVIRONMENT.get_template(f"{layout}.md.j2").render(
        **drawn(evaluation.line),
        face=Face(decision, stem, wording.title(evaluation), layout),
        evaluation=evaluation,
        decision=decision,
        verdict=verdict,
        knowledge=evaluation.knowledge,
        words=wording,
        rest=wording.statement(evaluation).removeprefix(wording.opening(decision)),
        needs=needs,
        gained=gained[:MOST],
        paid=paid[:MOST],
        mitigations=[advice for advice in advised if advice.kind == "mitigation"],
        symptoms=[advice for advice in advised if advice.kind == "anti-pattern"],
        sources=[source for source in evaluation.knowledge.sources.values() if source.id in used],
        standing=_standing,
    )
    return _sealed(_tidy(text), decision)


def drawn(line: "Line | None") -> dict[str, Any]:
    """Give what a record or a report says of the line through a system, by the names that templates use."""
    if line is None:
        return {"drawn": None}
    # scipy is behind these, and not needed without a system
    from decision_kit import boundary_wording, crossings, drawing  # noqa: PLC0415

    found = crossings.of(line)
    return {
        "drawn": line,
        "says": boundary_wording,
        "flowchart": Markup(drawing.mermaid(line).strip()),  # noqa: S704 - drawing escapes what users wrote
        "not_drawn": drawing.left_out(line),
        "crossings": found,
        "building": crossings.used(found),
    }


def rewrite(text: str, decision: Decision, stem: str, knowledge: Knowledge, *, before: Decision, old_stem: str) -> str:
    """Change in a written record what its decision now says otherwise, and nothing else.

    Parameters
    ----------
    text : str
        The record as it is.
    decision, before : Decision
        As it is to be recorded and as it was; they differ in status, people, dates, links or name only.
    stem, old_stem : str
        The record's name to be and as it was.
    knowledge : Knowledge
        For the words of the title.

    Returns
    -------
    str

    Raises
    ------
    InputError
        If the record does not say what ``before`` says, as it was edited by hand.
    """
    found = origin(text)
    if found is None:
        raise InputError("was not written by decision-kit.")
    faces = [
        Face(each, name, wording.title_of(each, knowledge), found.layout)
        for each, name in ((before, old_stem), (decision, stem))
    ]
    unsealed = _unsealed(text, found)
    # A record that had been edited by hand elsewhere keeps what was edited, and keeps a seal that says so.
    touched = found.text != digest(unsealed)
    return _sealed(replaced(unsealed, *(parts(face) for face in faces)), decision, found.text if touched else None)


def replaced(text: str, old: Mapping[str, str], new: Mapping[str, str]) -> str:
    """Replace parts of a text, each at its first place; line ends that version control changed are changed back.

    Raises
    ------
    InputError
        If one that changes is not there.
    """
    text = text.replace("\r\n", "\n")
    for name, part in old.items():
        if part != new[name]:
            if part not in text:
                raise InputError(
                    f"its {name} is not what its decision says; it was edited by hand or written by another kit, so "
                    "export the decision anew."
                )
            text = text.replace(part, new[name], 1)
    return text


def parts(face: Face) -> dict[str, str]:
    """Render what may change in a record, by the names in ``PARTS``."""
    module = _ENVIRONMENT.get_template(f"{face.layout}.parts.md.j2").module
    return {name: _tidy(getattr(module, name)(face)).strip("\n") for name in PARTS}


def origin(text: str) -> Origin | None:
    """Read where a record says that it comes from; ``None`` if it was not written by the kit."""
    found = re.search(
        r"^(?:### )?Written by decision-kit from (\S+), layout (\w+), seal ([0-9a-f]{12})-([0-9a-f]{12})\r?$",
        text,
        re.MULTILINE,
    )
    return Origin(*found.groups()) if found else None


def intact(text: str, decision: Decision) -> tuple[bool, bool]:
    """Tell of a record whether its decision, and whether its text, is what it was when it was written.

    Parameters
    ----------
    text : str
        The record in Markdown; line ends may have been changed.
    decision : Decision
        The one in the JSON beside it.

    Returns
    -------
    (bool, bool)
    """
    found = origin(text)
    if found is None:
        return False, False
    return found.decision == digest(decision.to_json()), found.text == digest(_unsealed(text, found))


def digest(text: str) -> str:
    """Give twelve hexadecimal digits that change with any change of a text but its line ends."""
    return hashlib.sha256("\n".join(text.splitlines()).encode()).hexdigest()[:12]


def _unsealed(text: str, found: Origin) -> str:
    return text.replace(f"seal {found.decision}-{found.text}", f"seal {UNSEALED}", 1)


def _sealed(unsealed: str, decision: Decision, text: str | None = None) -> str:
    seal = f"{digest(decision.to_json())}-{text or digest(unsealed)}"
    return unsealed.replace(f"seal {UNSEALED}", f"seal {seal}", 1)


def _tidy(text: str) -> str:
    """Leave one blank line where templates leave several; text of users is on one line each."""
    return re.sub(r"\n{3,}", "\n\n", re.sub(r" +\n", "\n", text)).strip("\n") + "\n"


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


def _standing(contribution: Contribution, model: str) -> str:
    """Say whether a model is good, neutral or bad at what a contribution needs."""
    rating = contribution.ratings[model]
    return "Good" if rating >= GOOD else "Bad" if rating <= BAD else "Neutral"


_ENVIRONMENT = jinja2.Environment(
    loader=jinja2.FileSystemLoader(files.PACKAGE / "templates"),
    undefined=jinja2.StrictUndefined,
    autoescape=True,  # so that what a macro gives counts as escaped; finalize escapes every value for Markdown
    finalize=_finalize,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def _link(address: str) -> Markup:
    """Write an address as a link if it is one that a browser may open."""
    return Markup(f"<{address}>") if re.fullmatch(r"https?://[^\s<>|]+", address) else markdown(address)  # noqa: S704


_ENVIRONMENT.filters |= {
    "lower_first": _lower_first,
    "link": _link,
    "scalar": _scalar,
    "number_of": number_of,
    "named": named,
}
