"""The sentences about a line through a system that screen, command, report and record share, in plain text.

People read of it as *the boundary*, the word for a hybrid's everywhere.
"""

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction

from decision_kit import knowledge
from decision_kit.boundaries import figures, pulls
from decision_kit.boundaries import rules as published
from decision_kit.boundaries.boundary import Line, Side
from decision_kit.boundaries.crossings import Advice, Crossing
from decision_kit.boundaries.figures import number
from decision_kit.boundaries.pulls import Pulls
from decision_kit.boundaries.rules import Rule
from decision_kit.grammar import counted, listed, percent, several
from decision_kit.knowledge import Source

MOST = 20
"""At most so many parts or links are named in a row; of more their number is told."""
UNIT = (
    "Costs count rating steps times weight: 1 is one step that the rating of a model stays below the best on a need "
    "of weight 1. Weights and ratings are those that decisions are scored by. Figures are rounded to a tenth in such a "
    "way that those shown together add up."
)

ARROWS = (
    "Arrows are solid where an answer is awaited, dotted where the end only listens, and have a round head where that "
    "is not known; thick ones cross the boundary."
)
"""How the Mermaid text of :mod:`decision_kit.boundaries.drawing` is read."""


def told(line: Line) -> list[str]:
    """Say all that is to be said of a line beside the parts and links themselves."""
    said = [
        cost(line),
        alternatives(line),
        nearest(line),
        ties(line),
        dearest(line),
        rules(line),
        rounding(line),
    ]
    return [sentence for sentence in said if sentence]


def answered(line: Line) -> str:
    """Say of how many parts too little is answered; empty where each has enough answers for a verdict."""
    few, parts = len(line.thin), len(line.system.parts)
    if not line.answered:
        of = "the one part" if parts == 1 else f"any of the {parts:,} parts"
        return f"Nothing is answered yet for {of}, so nothing is said of where the boundary runs."
    if not few:
        return ""
    has = "the one part has" if parts == 1 else f"{few:,} of {parts:,} parts {'has' if few == 1 else 'have'}"
    needed = f"{line.knowledge.enough} of {len(line.knowledge.requirements)} answers that a verdict needs"
    if few == parts:
        return f"Not enough answers: {has} fewer than the {needed}."
    these = "it lies" if few == 1 else "these lie"
    return f"{has} fewer than the {needed}; where {these} rests on little."


def beside(line: Line, verdict: str | None, chosen: str = "") -> str:
    """Say how a line goes together with the verdict on the answers as a whole, and with what the deciders chose.

    Parameters
    ----------
    line : Line
    verdict : str or None
        The model that the verdict gives; ``None`` where it gives none.
    chosen : str
        The model that the deciders chose, or empty: the one that the verdict gives.
    """
    used = [model for model in (line.made.core, line.made.reactions) if model in line.assignment.values()]
    drawn = line.made.id if len(used) == 2 else used[0]
    parts = len(line.system.parts)
    each = "its one part" if parts == 1 else f"each of the {parts} parts"
    said = (
        f"The verdict rests on the answers for the whole. The boundary is drawn from what {each} needs, at the least "
        f"cost, {_by_hand(line)}and gives {line.knowledge.models[drawn].phrase}."
    )
    voices = {"the verdict": verdict, "what the deciders chose": chosen if chosen != verdict else ""}
    agreeing = [voice for voice, model in voices.items() if model == drawn]
    others = [voice for voice, model in voices.items() if model and model != drawn]
    if agreeing:
        return f"{said} This agrees with {agreeing[0]}{''.join(f', but not with {voice}' for voice in others)}."
    return f"{said} This does not agree with {' or with '.join(others)}." if others else said


def sides(line: Line) -> list[str]:
    """Say which parts have which model, one sentence for each model that is used."""
    told = []
    for model in (line.made.core, line.made.reactions):
        names = [part.id for part in line.system.parts if line.assignment[part.id] == model]
        if names:
            told.append(f"{_title(line, model)}: {_named(line, names)}.")
    return told


def lists(line: Line) -> tuple[str, str]:
    """Give the names of the parts on each side as the kit fills them in for core and reactions of a decision.

    Both are empty where nothing is answered yet.
    """
    core, reactions = (
        ", ".join(part.name for part in line.system.parts if line.answered and line.assignment[part.id] == model)
        for model in (line.made.core, line.made.reactions)
    )
    return core, reactions


def by_cost(line: Line, model: str) -> str:
    """Introduce a list of :func:`lists`, which follows from costs and not from what core and reactions are."""
    return f"The parts that have {_title(line, model)} where the boundary costs least"


def described(line: Line, core: str, reactions: str) -> list[str]:
    """Say which parts lie on another side than where the words for core and reactions name them.

    Parameters
    ----------
    line : Line
    core, reactions : str
        As the decision describes them, each empty where it does not. A part that both name, or neither, is not told.
    """
    named, told = {"core": _names(line, core), "reactions": _names(line, reactions)}, []
    for here, model, there in (("core", line.made.core, "reactions"), ("reactions", line.made.reactions, "core")):
        only = named[here] - named[there]
        others = [part for part in line.system.parts if line.assignment[part.id] != model]
        if apart := [part.id for part in others if _folded(part.name) in only]:
            one = len(apart) == 1
            said = f"{'stands' if one else 'stand'} in the {here} as described"
            has = "as a part of the system it has" if one else "as parts of the system they have"
            told.append(f"{_named(line, apart)} {said}, but {has} {_title(line, line.other(model))}.")
    return told


def crossed(line: Line) -> list[str]:
    """Say where the boundary runs: how many links it crosses, and then each of them, the dearest first."""
    if not line.crossed:
        return ["No link is crossed."]
    told = [f"The boundary crosses {counted(len(line.crossed), 'link')}, the dearest first:"]
    told += [f"  {line.system.named(joint.link)}" for joint in line.crossed[:MOST]]
    return told + ([f"  and {len(line.crossed) - MOST:,} more"] if len(line.crossed) > MOST else [])


def why(line: Line, side: Side, most: int = 3) -> str:
    """Say in a few words why a part lies on its side."""
    if side.part.model:
        return "Fixed by hand"
    reasons = pulls.reasons(line, side)
    apart = sum(pull for _, pull in reasons)
    if apart < 0:
        return f"Its links; its own needs speak for {_title(line, line.other(side.model))}"
    speaking = [title for title, pull in reasons if pull > 0]
    return "; ".join(speaking[:most]) or "Nothing speaks for either"


def near(line: Line, side: Side) -> str:
    """Say in a few words what all would cost with a part on the other side; empty where that was not asked."""
    return "" if side.flip is None else _more(line, side.flip)


def paid(line: Line) -> dict[str, tuple[str, str]]:
    """Write what each part costs on its side and what it pays for the boundary, by its id."""
    misfit = figures.pieces(Fraction(0), (side.misfit for side in line.parts))
    pays = figures.pieces(line.misfit, (side.pays for side in line.parts))
    return dict(zip(line.assignment, zip(misfit, pays, strict=True), strict=True))


def built(crossing: Crossing) -> str:
    """Name what is to be built at a crossing and not at every one."""
    return "; ".join(advised(advice) for advice in crossing.advice if not advice.general)


def advised(advice: Advice) -> str:
    """Name a piece of advice for crossings."""
    said = f"Avoid: {advice.guidance.title}" if advice.guidance.kind == "anti-pattern" else advice.guidance.title
    return f"At every crossing: {said}" if advice.general else said


def source(line: Line, rule: Rule) -> Source | None:
    """Look up the source of a rule, which may be one of those shipped; ``None`` for a rule that is no longer known."""
    return line.knowledge.sources.get(rule.source) or knowledge.load().sources.get(rule.source)


def cost(line: Line) -> str:
    """Say what the line costs and what it is made of."""
    dearer = sum((joint.pays for joint in line.links), Fraction(0))
    (crossings,) = figures.pieces(line.misfit, [line.crossings])
    (by_links,) = figures.pieces(line.cost - dearer, [dearer])
    of_it = f", {by_links} of it as traffic or a rule makes links dearer" if dearer else ""
    return (
        f"This costs {number(line.cost)}{_fit(line, line.cost)}: {number(line.misfit)} because models do not serve "
        f"every need of their parts, {crossings} for the boundary{of_it}."
    )


def alternatives(line: Line) -> str:
    """Say what one model for everything would cost."""
    told = [
        f"{_title(line, model)} for everything would cost {figures.apart(line.cost, whole)}{_fit(line, whole)}"
        for model, whole in line.undivided.items()
    ]
    return f"{'; '.join(told)}."


def nearest(line: Line) -> str:
    """Say which part is nearest to changing sides, or of those asked about how near they are.

    Empty where nothing was asked, or there are ties to tell.
    """
    if not line.nearest:
        asked = [line.system.part(name) for name in line.flips]
        told = [f"{part.name} {_more(line, line.flips[part.id])}" for part in asked if not part.model]
        return f"On the other side all would cost: with {several(told, MOST)}." if told else ""
    if not line.flips[line.nearest[0]]:
        return ""
    more = _more(line, line.flips[line.nearest[0]])
    return f"Nearest to changing sides: {_named(line, line.nearest)}; on the other side all would cost {more}."


def dearest(line: Line) -> str:
    """Say which link costs most to cross; empty where none costs anything."""
    if not line.dearest:
        return ""
    links = [line.system.named(joint.link) for joint in line.dearest]
    least = number(line.dearest[0].alone)
    if len(links) == 1:
        return f"The dearest link to cross is {links[0]}: a boundary that crosses it alone costs at least {least}."
    return f"The dearest links to cross are {several(links)}: a boundary that crosses one alone costs at least {least}."


def ties(line: Line) -> str:
    """Say whether the cheapest assignment is the only one, and what fixing parts by hand has to do with it."""
    said = f"{_by_hand(line)}no other assignment is as cheap."
    if line.free:
        said = (
            f"{_by_hand(line)}others are as cheap: {_named(line, line.free)} could as well have "
            f"{_title(line, line.made.core)} (shown is the assignment with the fewest such parts)."
        )
    return said[0].upper() + said[1:]


def fixed(line: Line) -> list[str]:
    """Say which parts are fixed by hand and what that costs, where it was asked."""
    told = []
    for part in line.system.parts:
        if part.model and (flip := line.flips.get(part.id)) is not None:
            fixed = f"{part.name} is fixed to {_title(line, part.model)}"
            told.append(f"{fixed}; on the other side all would cost {_more(line, flip)}.")
    return [*told[:MOST], *([f"{len(told) - MOST:,} more parts are fixed."] if len(told) > MOST else [])]


def contradictions(line: Line, *, sources: bool = True) -> list[str]:
    """Name the rules that say the opposite of links, and which one was applied; each link once."""

    def named(rule: Rule) -> str:
        found = source(line, rule)
        return f"“{rule.title}”" + (f" ({found.title if found else rule.source})" if sources else "")

    told = []
    for (applied, *aside), links in _contradicted(line).items():
        one = len(aside) == 1
        what = "two rules contradict each other" if one else "a rule contradicts others"
        why_aside = "as it stands lower" if one else "as they stand lower"
        told.append(
            f"On {counted(len(links), 'link')} {what}: {named(applied)} was applied and {listed(map(named, aside))} "
            f"set aside, {why_aside} in the table of rules. This is so for {several(links)}."
        )
    return told


def rules(line: Line) -> str:
    """Say which rules are switched on and off, and what those that are on change."""
    titles = {rule.id: rule.title for rule in published.of(line.knowledge).rules}
    told = [f"“{titles[name]}” ({name})" for name in line.system.without if name in titles]
    off = f" Switched off: {listed(told)}." if told else ""
    if not line.rules.rules:
        return f"No published rule is switched on.{off}"
    names = listed(f"“{rule.title}” ({rule.id})" for rule in line.rules.rules)
    moved = line.moved_by_rules
    change = f"{_named(line, moved)} would change sides" if moved else "the boundary would run in the same place"
    return f"Rules switched on: {names}. Without them {change}.{off}"


def rounding(line: Line) -> str:
    """Say how far numbers were rounded; empty where all is exact."""
    by = line.energy.rounding
    return f"Weights and ratings were rounded by up to {float(by):.1g} to fit into 64 bits." if by else ""


def side(line: Line, of: Side, paid: Mapping[str, tuple[str, str]]) -> list[str]:
    """Say of one part which model it has, what it costs there, and how near it is; what all pay gives :func:`paid`."""
    misfit, pays = paid[of.part.id]
    told = [_title(line, of.model) + (", fixed by hand" if of.part.model else "")]
    told.append(f"costs {misfit}" + (f" and pays {pays} for the boundary" if of.pays else ""))
    if of.flip is not None:
        told.append(f"on the other side all would cost {_more(line, of.flip)}")
    return told


def held(line: Line, found: Pulls) -> list[str]:
    """Say what holds a part on its side, and what speaks for the other."""
    here, there = _title(line, found.side.model), _title(line, line.other(found.side.model))
    flip = found.side.flip
    along = f", or {_more(line, flip)} if others move along" if flip is not None and flip < found.more else ""
    told = [
        f"{found.side.part.name} lies with {here}{', fixed by hand' if found.side.part.model else ''}.",
        f"With {there} all would cost {_more(line, found.more)} if the others stay{along}.",
    ]
    reasons = [*found.needs, ("a boundary that costs less", found.line)]
    # The boundary is counted first: where all of it goes, it is told as in cost(), which counts it last.
    bridged, *needs = figures.pieces(line.cost, (found.line, *(more for _, more in found.needs)))
    shown = [*needs, bridged]
    for model, sign in ((here, 1), (there, -1)):
        speaks = [f"{title} ({size})" for (title, more), size in zip(reasons, shown, strict=True) if more * sign > 0]
        verb = "speaks" if len(speaks) == 1 else "speak"
        told.append(f"For {model} {verb} {listed(speaks)}." if speaks else f"Nothing speaks for {model}.")
    now, then = len(found.crossed), len(found.instead)
    if now or then:
        told.append(
            f"The boundary crosses {now} of its {counted(now + then, 'link')}; with {there} it would cross {then}."
        )
    return told


def moved(before: Line, after: Line) -> list[str]:
    """Say what a change of the system, or of the rules, changes in the line; both have the same parts."""
    told = []
    for model in (after.made.core, after.made.reactions):
        names = [name for name, now in after.assignment.items() if now == model != before.assignment[name]]
        if names:
            verb = "changes" if len(names) == 1 else "change"
            told.append(f"{_named(after, names)} {verb} to {_title(after, model)}.")
    if not told:
        told.append("No part changes sides.")
    was, now, cost = len(before.crossed), len(after.crossed), figures.apart(before.cost, after.cost)
    links = (
        f"still crosses {counted(now, 'link')}" if was == now else f"crosses {counted(now, 'link')} instead of {was}"
    )
    return [*told, f"The boundary {links}, and all costs {cost}{_fit(after, after.cost)}."]


def _contradicted(line: Line) -> dict[tuple[Rule, ...], list[str]]:
    """Name the links of each rule that was applied together with all that were set aside there."""
    at: dict[int, list[Rule]] = {}
    for found in line.prices.contradictions:
        for link in found.links:
            at.setdefault(link, [found.applied]).append(found.set_aside)
    links: dict[tuple[Rule, ...], list[str]] = {}
    for link, rules in sorted(at.items()):
        links.setdefault(tuple(rules), []).append(line.system.named(line.system.links[link]))
    return links


def _title(line: Line, model: str) -> str:
    return line.knowledge.models[model].title


def _names(line: Line, text: str) -> set[str]:
    """Find the parts whose names stand in a text as whole words, in small letters; of names within names the longer."""
    names = sorted({_folded(part.name) for part in line.system.parts}, key=len, reverse=True)
    return set(re.findall(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)", _folded(text)))


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _by_hand(line: Line) -> str:
    """Say how many parts are fixed by hand and what that costs, to go on from; empty where none is."""
    parts = sum(bool(part.model) for part in line.system.parts)
    if not parts:
        return ""
    costs = f"{figures.apart(line.unfixed, line.cost)} {'as' if line.cost == line.unfixed else 'than'} without"
    return f"with {counted(parts, 'part')} fixed by hand, which costs {costs}, "


def _named(line: Line, names: Iterable[str]) -> str:
    return several([line.system.part(name).name for name in names])


def _more(line: Line, by: Fraction) -> str:
    """Say how much more or less all would cost than it does."""
    return figures.apart(line.cost, line.cost + by)


def _fit(line: Line, steps: Fraction) -> str:
    fit = line.fit(steps)
    return "" if fit is None else f" (fit {percent(fit)})"
