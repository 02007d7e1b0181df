"""What the notebook shows of a line through a system as HTML; user text is always escaped."""

from collections import Counter

from decision_kit import render
from decision_kit.boundaries import boundary, boundary_wording, crossings, drawing, line_difference, pulls, system
from decision_kit.boundaries.boundary import Line
from decision_kit.boundaries.rules import Rule
from decision_kit.grammar import counted, listed
from decision_kit.knowledge import Knowledge

NAMED = 12
"""Of a system of more parts their number on each side is told, and the picture and the table name them."""


def columns(knowledge: Knowledge) -> str:
    """Say which columns the two tables of a system have, and what their cells may hold."""
    return render.panel(
        "system_columns",
        knowledge=knowledge,
        made=system.sides(knowledge),
        critical=system.CRITICAL,
        aside=system.ASIDE,
        awaited=system.AWAITED,
        listening=system.LISTENING,
    )


def line(drawn: Line) -> str:
    """Say how much is answered, in a sentence or two where a line runs, and what its picture leaves out."""
    told = boundary_wording.sides(drawn)
    if len(drawn.system.parts) > NAMED:
        count, models = Counter(drawn.assignment.values()), (drawn.made.core, drawn.made.reactions)
        has = [f"{drawn.knowledge.models[model].title} has {counted(count[model], 'part')}" for model in models]
        told = [f"{listed(has)}."]
    return _render("line", drawn, title=drawing.title(drawn), told=told, left_out=drawing.left_out(drawn))


def tables(drawn: Line) -> str:
    """Say how a picture is to be read, with the tables behind it; nothing where nothing is answered."""
    if not drawn.answered:
        return ""
    return _render(
        "line_tables",
        drawn,
        shown=drawing.sketch(drawn) is not None,
        joints=sorted(drawn.links, key=lambda joint: not joint.crossed),
        most=boundary.ALL,
    )


def costs(drawn: Line) -> str:
    """Say what a line costs, what else would, and what is near to changing."""
    if not drawn.answered:
        return _unanswered(drawn)
    say = boundary_wording
    told = [say.cost(drawn), say.alternatives(drawn), say.nearest(drawn), say.dearest(drawn), say.ties(drawn)]
    return _render("sentences", drawn, told=[*told, *say.fixed(drawn), say.rounding(drawn)], quiet=say.UNIT)


def rules(drawn: Line) -> str:
    """Say what the rules that are switched on change, and which of them contradict each other."""
    told = [boundary_wording.rules(drawn), *boundary_wording.contradictions(drawn)]
    return _render("sentences", drawn, told=told, quiet="")


def moved(before: Line, after: Line) -> str:
    """Say what a move changes in the line, and all that is moved; nothing where nothing is."""
    apart = line_difference.between(before, after)
    return _render("moved", after, told=boundary_wording.moved(before, after), apart=apart) if apart else ""


def held(drawn: Line, part: str) -> str:
    """Say what holds a part on its side."""
    if not drawn.answered:
        return _unanswered(drawn)
    told = boundary_wording.held(drawn, pulls.of(drawn, part))
    note = drawn.system.part(part).note
    return _render("sentences", drawn, told=told, quiet=f"The note on its answers: {note}" if note.strip() else "")


def bridges(drawn: Line) -> str:
    """Show what to build where the line crosses links, each piece of advice with the links it is for."""
    if not drawn.answered:
        return _unanswered(drawn)
    found = crossings.of(drawn)
    groups = []
    for advice in sorted(crossings.used(found), key=lambda advice: advice.general):
        links = [drawn.system.named(crossing.joint.link) for crossing in found if advice in crossing.advice]
        groups.append((advice, listed(links)))
    return _render("crossings", drawn, found=found, groups=groups)


def rule(drawn: Line, of: Rule) -> str:
    """Show what a published rule says, its source, and why its numbers are what they are."""
    return _render("rule", drawn, rule=of)


def _unanswered(drawn: Line) -> str:
    return _render("sentences", drawn, told=[boundary_wording.answered(drawn)], quiet="")


def _render(name: str, drawn: Line, **more: object) -> str:
    return render.panel(name, line=drawn, knowledge=drawn.knowledge, words=boundary_wording, **more)
