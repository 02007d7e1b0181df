"""Lay a decision out as a record in Markdown: MADR 4, Nygard's, or MADR 2, from one set of templates.

What a record says of its status, people, dates, links and name may change after it was written. Those parts are
rendered by themselves, so that they can be changed in a written record while every other byte stays.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from decision_kit import cases_wording, reasons_wording, record_wording, sensitivity_wording, wording
from decision_kit.boundaries import line_section
from decision_kit.decision import Decision, number_of
from decision_kit.errors import InputError
from decision_kit.evaluation import Evaluation
from decision_kit.formats import LAYOUTS
from decision_kit.knowledge import Knowledge
from decision_kit.markdown import ENVIRONMENT, line
from decision_kit.scoring import Contribution

GOOD, BAD = 2.5, 1.5
"""From which mean rating (0-4), as it is shown, a model is called good at a requirement, and up to which bad."""

PARTS = ("head", "opening", "review", "links")
"""What may change in a written record, as the templates name it."""

UNSEALED = f"{'0' * 12}-{'0' * 12}"
"""Stands where the seal will be."""


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
    gained, paid = reasons_wording.reasons(evaluation, *evaluation.compared) if evaluation.compared else ([], [])
    advised = [advice for advice in evaluation.knowledge.guidance if advice.model == evaluation.model]
    used = {
        vote.source
        for contribution in needs
        for model in evaluation.scores.eligible
        for vote in evaluation.knowledge.votes.get((model, contribution.answer.requirement), ())
    }
    text = ENVIRONMENT.get_template(f"{layout}.md.j2").render(
        **line_section.of(evaluation.line),
        face=_face(decision, stem, record_wording.title(evaluation), layout),
        evaluation=evaluation,
        decision=decision,
        verdict=verdict,
        knowledge=evaluation.knowledge,
        words=wording,
        reasons=reasons_wording,
        sensitivity=sensitivity_wording,
        cases=cases_wording,
        rest=record_wording.statement(evaluation).removeprefix(record_wording.opening(decision)),
        needs=needs,
        unrivalled=record_wording.unrivalled(evaluation),
        gained=gained,
        paid=paid,
        mitigations=[advice for advice in advised if advice.kind == "mitigation"],
        symptoms=[advice for advice in advised if advice.kind == "anti-pattern"],
        sources=[source for source in evaluation.knowledge.sources.values() if source.id in used],
        standing=_standing,
        from_good=GOOD,
        to_bad=BAD,
    )
    return _sealed(_tidy(text), decision)


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

    Raises
    ------
    InputError
        If the record does not say what ``before`` says, as it was edited by hand.
    """
    found = origin(text)
    if found is None:
        raise InputError("was not written by decision-kit.")
    old, new = (
        _parts(_face(each, name, record_wording.title_of(each, knowledge), found.layout), found.layout)
        for each, name in ((before, old_stem), (decision, stem))
    )
    unsealed = _unsealed(text, found)
    # A record that had been edited by hand elsewhere keeps what was edited, and keeps a seal that says so.
    touched = found.text != digest(unsealed)
    return _sealed(replaced(unsealed, old, new), decision, found.text if touched else None)


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


def _face(decision: Decision, stem: str, title: str, layout: str) -> dict[str, Any]:
    """Give what of a record may change after it was written, by the names that the templates use."""
    by = decision.superseded_by
    people = {"decision-makers": decision.deciders, "consulted": decision.consulted, "informed": decision.informed}
    # A comma within a name would make two people of one.
    names = {role: [line(name.replace(",", " ")) for name in row] for role, row in people.items()}
    return {
        "decision": decision,
        "number": number_of(stem),
        "title": title,
        "roles": {role: [name for name in row if name] for role, row in names.items() if any(row)},
        "standing": f"superseded by ADR-{number_of(by)}" if by else decision.status,
        "opening": record_wording.opening(decision),
        "review": record_wording.review(decision),
        "written": f"Written by decision-kit from {stem}.decision.json, layout {layout}, seal {UNSEALED}",
    }


def _parts(face: Mapping[str, Any], layout: str) -> dict[str, str]:
    """Render what may change in a record, by the names in ``PARTS``."""
    module = ENVIRONMENT.get_template(f"{layout}.parts.md.j2").module
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

    The decision is the one in the JSON beside it; line ends of the text may have been changed.
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


def _standing(contribution: Contribution, model: str) -> str:
    """Say whether a model is good, neutral or bad at what a contribution needs, by the rating that stands beside it."""
    rating = float(reasons_wording.rating(contribution, model))
    return "Good" if rating >= GOOD else "Bad" if rating <= BAD else "Neutral"
