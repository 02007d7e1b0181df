"""The sentences about a portfolio that screen and report share, in plain text."""

from collections.abc import Mapping

from decision_kit import extras, render
from decision_kit.estate import MIDDLING, Counts, Estate, Workflow
from decision_kit.grammar import counted, listed, percent, points
from decision_kit.knowledge import Knowledge
from decision_kit.markdown import line
from decision_kit.portfolio import cells, outcomes
from decision_kit.portfolio.outcomes import FEW, NONE, RUNS, TIE, TOLD, UNREAD

gist, fragile, outcome = outcomes.gist, outcomes.fragile, outcomes.title
"""What the command says too."""
REGRET = (
    "Regret is the fit of what fits best less the fit of what runs today, in points: 0 where that fits best or ties, "
    "and the whole 100 where a must-have rules it out, as no fit makes up for that."
)
FRAGILE = f"Fragile: {outcomes.TURNED}"
_UNREACHED = f"no model reaches {percent(MIDDLING)}, which is the fit of a model rated halfway on all that is needed."
MISFIT = f"Misfit: {_UNREACHED}"
SAMPLE = (
    "This is the sample that comes with the kit: made-up workflows of an organisation that does not exist. Nothing "
    "may be concluded from it about real systems."
)
EXPORTS = (
    "What is chosen above is written into your folder portfolios, and nothing there is overwritten. In CSV a cell that "
    "a spreadsheet would run as a formula (it begins with =, +, -, @, a tab or the like, and is no plain number) gets "
    "an apostrophe before it; this notebook takes it away again when it reads the table. Parquet holds the cells as "
    "they are."
)
"""What the exports do."""


def lacking(package: str) -> str:
    """Say what Parquet needs that is not there."""
    return f"To write Parquet too, run {extras.install(package)} in a terminal."


def source(estate: Estate, *, sample: bool) -> str:
    """Say what is to be known of a table; empty where nothing is."""
    if sample:
        return SAMPLE
    again = "The results in this table are left out and worked out anew, by the ratings of today."
    return again if estate.rescored else ""


def table(file: str, *, sample: bool) -> str:
    """Say in the context of a decision which table a workflow was carried over from."""
    return (
        "the sample that comes with the kit, made-up workflows from which nothing may be concluded about real systems"
        if sample
        else f"the portfolio {short(file)}"
    )


def offered(number: int, of: int) -> str:
    """Say how a list to choose from is made; empty where it holds one."""
    return f"{_cut(number, of)} {of:,}, the largest regret first." if of > 1 else ""


def named(workflow: Workflow) -> str:
    """Name a workflow in a list to choose from."""
    row = [f"row {workflow.row}"] if workflow.titled else []
    told = ", ".join([*row, *map(short, filter(None, workflow.groups))])
    return f"{short(workflow.name, 70)}{f' ({told})' if told else ''}"


def chosen(estate: Estate, of: int, choices: Mapping[str, str], words: str) -> str:
    """Say which workflows are chosen out of how many; empty where all are."""
    told = [f"{short(column)} {group(text)}" for column, text in choices.items()]
    told += [f"with “{short(words)}” in their texts"] if words.split() else []
    return f"Only {counted(len(estate.table), 'workflow')} of {of:,}: {listed(told)}." if told else ""


def colours(knowledge: Knowledge) -> dict[str, str]:
    """Give each outcome its colour: the models theirs, ties and what has no verdict shades of grey."""
    return {**render.colours(knowledge), TIE: "#777777", FEW: "#999999", NONE: "#bbbbbb", UNREAD: "#dddddd"}


def kinds(counts: Counts, knowledge: Knowledge) -> list[str]:
    """List the outcomes that a table has a column for: the models, and of the others those that occur."""
    return [kind for kind, number in counts.outcomes.items() if number or kind in knowledge.models]


def figure(number: int) -> str:
    """Write a count."""
    return f"{number:,}"


def misfit(counts: Counts) -> str:
    """Say how many nothing fits well."""
    return f"In {counts.misfit:,} of {counts.judged:,} {_UNREACHED}"


def must_haves(counts: Counts) -> str:
    """Say how often must-haves rule models out; empty where they never do."""
    if not counts.ruled_out:
        return ""
    every = f", and every model in {counts.hopeless:,}, where none is then left out" if counts.hopeless else ""
    return f"Must-haves rule a model out in {counts.ruled_out:,}{every}."


def told(estate: Estate) -> list[str]:
    """Say what is to be known of all workflows beside what fits them best."""
    counts, known = estate.counts, estate.knowledge
    said = [
        *outcomes.rest(counts.outcomes, known, outcomes.unread(estate.table)),
        outcomes.scoped(counts.scoped, counts.outcomes, known),
        must_haves(counts),
        cells.misspelled(estate.table.columns, known),
    ]
    return [sentence for sentence in said if sentence]


def running(estate: Estate) -> list[str]:
    """Say how what runs today compares with what fits best, and where that cannot be said; it adds up to all."""
    counts, known = estate.counts, estate.knowledge
    if RUNS not in estate.spelled:
        allowed = outcomes.allowed(known)
        return [f"Nothing is said of what runs today; a column {RUNS} would say it, with {allowed} in its cells."]
    told = []
    if counts.compared:
        right = counts.compared - counts.wrong
        told.append(
            f"Of {counted(counts.compared, 'workflow')} whose model of today can be compared, {right:,} "
            f"{'runs' if right == 1 else 'run'} on what fits best or ties with it, and {counts.wrong:,} on another."
        )
    if counts.wrong:
        told.append(_behind(counts))
    if counts.silent:
        told.append(f"Nothing is said of what runs in {counts.silent:,}.")
    if counts.incomparable:
        composed = listed(model.title for model in known.models.values() if model.composed)
        told.append(
            f"In {counts.incomparable:,} {composed} runs but no core and reactions are named, so what runs has no fit "
            "to compare."
        )
    if len(estate.unknown):
        told.append(outcomes.unknown(len(estate.unknown), estate.unknown.head(TOLD).items(), known))
    if others := counts.workflows - counts.compared - counts.silent - counts.incomparable - len(estate.unknown):
        told.append(f"In {'the other ' if told else ''}{others:,} there is no verdict to compare with.")
    return told


def groups(found: Mapping[str, Counts], column: str, most: int = 3) -> str:
    """Say which groups have the most workflows on another model than fits best; where none, which are fragile."""
    if not column:
        return "No column of text is there to group by, such as team or domain."
    for name, said in (("wrong", "on another model than fits best"), ("fragile", "that one step turns")):
        ranked = sorted(found.items(), key=lambda row: -getattr(row[1], name))
        told = [
            f"{group(text)} ({getattr(counts, name):,} of {counts.workflows:,})"
            for text, counts in ranked[:most]
            if getattr(counts, name)
        ]
        if told:
            return f"By {short(column)}, the most workflows {said}: {listed(told)}."
    return f"By {short(column)}, none stands out: all run on what fits best as far as is known."


def group(text: str) -> str:
    """Name a group; cells left empty have no name."""
    return short(text, 40) or "(empty)"


def top(found: Mapping[str, Counts], most: int) -> dict[str, Counts]:
    """Name the first groups, so that each name stands once."""
    named: dict[str, Counts] = {}
    for text, counts in list(found.items())[:most]:
        name = group(text)
        named[name if name not in named else f"{name} ({len(named) + 1})"] = counts
    return named


def by(found: Mapping[str, Counts], column: str, most: int) -> str:
    """Say what a table of groups shows."""
    cut = f"the largest {most} of {len(found):,} groups" if len(found) > most else counted(len(found), "group")
    return f"By {short(column)}: {cut}, the largest first."


def ranked(kind: str, number: int, of: int) -> str:
    """Say what a ranked list shows, and what its figure means."""
    told = {
        "fragile": f"{counted(of, 'fragile workflow')}, the smallest lead over the next model first.",
        "misfit": f"{counted(of, 'misfit')}, the lowest best fit first.",
        "wrong": f"{counted(of, 'workflow')} on another model, the largest regret first. {REGRET}",
    }
    return f"{_cut(number, of)} {told[kind]}"


def fits(workflow: Workflow, knowledge: Knowledge) -> str:
    """Say what fits a workflow best, and how well."""
    told = outcome(workflow.outcome, knowledge)
    return told if workflow.best is None else f"{told}, {_unbroken(percent(workflow.best))}"


def runs(workflow: Workflow, knowledge: Knowledge) -> str:
    """Say what a workflow runs on today."""
    if workflow.runs is None:
        return "not said"
    return knowledge.models[workflow.runs].title + (", ruled out by a must-have" if workflow.barred else "")


def today(workflow: Workflow, knowledge: Knowledge) -> str:
    """Say what a workflow runs on today, and what that costs."""
    if workflow.runs is None:
        return "Nothing is said of what it runs on today."
    title = knowledge.models[workflow.runs].title
    if workflow.regret is None:
        return f"It runs on {title} today, which has no fit here to compare."
    if workflow.regret == 0:
        return f"It runs on {title} today, which fits best{' with others' if workflow.outcome == TIE else ''}."
    if workflow.barred:
        return f"It runs on {title} today, which a must-have rules out."
    return f"It runs on {title} today, which fits {points(workflow.regret)} less well than the best."


def regret(workflow: Workflow) -> str:
    """Write a workflow's regret in points."""
    return "not compared" if workflow.regret is None else _unbroken(points(workflow.regret))


def lead(workflow: Workflow) -> str:
    """Write by how much the model that fits best leads, in points."""
    return "no other" if workflow.margin is None else _unbroken(points(workflow.margin))


def short(text: str, most: int = 60) -> str:
    """Write a text on one line, without characters that change what stands around it, cut where it is long."""
    text = line(text)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _cut(number: int, of: int) -> str:
    """Say whether what follows is all: ``"The first 20 of"``, ``"All"``, or ``"The"`` of one."""
    return f"The first {number:,} of" if number < of else "All" if of > 1 else "The"


def _behind(counts: Counts) -> str:
    """Say how far those on another model fall behind, and in how many that hangs on no single answer."""
    behind = counts.wrong - counts.barred
    told = [f"a must-have rules out what runs in {counts.barred:,} of them"] if counts.barred else []
    if behind:
        one, more = ("the other", "the others") if told else ("that one", "those")
        whose = one if behind == 1 else more
        mean = " on average" if behind > 1 else ""
        told.append(f"the regret of {whose} is {points(counts.regret / behind)} of fit{mean}")
    said = listed(told)
    firm = f"In {counts.firm:,} of the {counts.wrong:,} no single step of an answer would"
    if counts.wrong == 1:
        firm = f"{'No single' if counts.firm else 'A single'} step of an answer would"
    return f"{said[0].upper()}{said[1:]}. {firm} change which model fits best."


def _unbroken(figure: str) -> str:
    """Keep a figure and its unit on one line."""
    return figure.replace(" ", "\u00a0")
