"""The sentences about what sets two decisions apart, and about what two copies of one changed each in its own way."""

from decision_kit import merge
from decision_kit.boundaries import line_difference
from decision_kit.decision import Answer
from decision_kit.difference import Difference
from decision_kit.grammar import counted, more, percent
from decision_kit.knowledge import Knowledge
from decision_kit.merge import Clash
from decision_kit.wording import brief, headline, note, whose

NAMED = 3
"""Most sources that are named where two decisions are told apart; all are counted."""


def difference(found: Difference) -> list[str]:
    """Say what sets two decisions apart, the one before the arrow and the other behind it."""
    one, other = found.one, found.other
    if found.same:
        return ["The two decisions say the same."]
    told = verdicts(found)
    for model, made in other.knowledge.models.items():
        fits = [evaluation.scores.fit.get(model) for evaluation in (one, other)]
        if fits[0] != fits[1]:
            said = ["not compared" if fit is None else percent(fit) for fit in fits]
            told.append(f"Fit of {made.title}: {' → '.join(said)}")
    return told + _answers(found) + other_differences(found)


def verdicts(found: Difference) -> list[str]:
    """Say how the verdicts of two decisions differ, if they do."""
    said = [headline(found.one), headline(found.other)]
    return [f"Verdict: {' → '.join(said)}"] if said[0] != said[1] else []


def changes(found: Difference) -> list[str]:
    """Say what a person changed from one decision to another, not what follows; something for any two that differ."""
    one, other = found.one.decision, found.other.decision
    told = _answers(found) + _fields(found)
    if one.system != other.system:
        told += line_difference.changes(one.system, other.system, found.other.knowledge)
    if not told and one != other:
        return ["Nothing but the order of the answers, or what a record keeps of its ratings."]
    return told


def _answers(found: Difference) -> list[str]:
    told = []
    for here, there in found.answers:
        known = (found.other.knowledge, found.one.knowledge)
        asked = next(each.requirements[here.requirement] for each in known if here.requirement in each.requirements)
        one, other = brief(here).split(", "), brief(there).split(", ")
        if one == other:
            told.append(f"{asked.title}: {note(here.note, there.note)}.")
            continue
        while one[-1] == other[-1]:  # what both say is left out
            one.pop()
            other.pop()
        told.append(f"{asked.title}: {', '.join(one)} → {', '.join(other)}")
    return told


def other_differences(found: Difference) -> list[str]:
    """Say what sets two decisions apart beside verdict, fits and answers: fields, records and sources."""
    told = _fields(found)
    if found.recorded:
        before, after = found.recorded
        moved = sum(before.cells.get(cell) != after.cells.get(cell) for cell in {**before.cells, **after.cells})
        told.append(
            f"Recorded under: {before.knowledge} {before.digest} → {after.knowledge} {after.digest}, with other "
            f"ratings in {moved} of {len(after.cells)} cells; then the verdict was {before.verdict} "
            f"({before.model or 'no model'}) → {after.verdict} ({after.model or 'no model'})."
        )
    for titles, where in zip(found.sources, ("first", "second"), strict=True):
        if titles:
            some = more(titles[:NAMED], len(titles))
            told.append(f"Only behind the {where}: {counted(len(titles), 'source')} ({some}).")
    return told


def _fields(found: Difference) -> list[str]:
    return [f"{name.replace('_', ' ').capitalize()}: {_changed(before, after)}" for name, before, after in found.fields]


def _changed(before: object, after: object) -> str:
    """Show two values beside each other, long ones from shortly before the place where they part."""
    one, other = _text(before), _text(after)
    if one == other:
        return "the words are the same, spaces or lines are not."
    letters = enumerate(zip(one, other, strict=False))
    cut = next((at for at, (a, b) in letters if a != b), min(len(one), len(other))) - 20
    if cut > 0 and one[:100] == other[:100]:
        one, other = (f"…{text[cut:]}" for text in (one, other))
    return f"{one[:100] or 'empty'} → {other[:100] or 'empty'}"


def _value(value: object) -> str:
    return _text(value)[:100] or "empty"


def _text(value: object) -> str:
    return " ".join((", ".join(value) if isinstance(value, tuple) else str(value)).split())


def clash(found: Clash, knowledge: Knowledge) -> str:
    """Say what two copies of a decision changed each in its own way, and what became of it."""
    asked = knowledge.requirements.get(found.requirement)
    title = asked.title if asked else found.requirement or found.field.replace("_", " ").capitalize()
    if found.field in merge.TEXTS:
        return f"{title}: both {'notes' if found.field == 'note' else 'texts'} are kept."
    if found.field == "level":
        one, other, kept = (brief(Answer("any", level)) for level in (*found.values, found.kept))
    elif found.field == "scope":
        one, other, kept = (f"a need of {whose(scope)}" for scope in (*found.values, found.kept))
    else:
        one, other, kept = map(_value, (*found.values, found.kept))
    before = "" if found.requirement else ", as before, until you choose"
    return f"{title}: {one} in one copy, {other} in the other; now {kept}{before}."
