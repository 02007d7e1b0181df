"""Check a folder of records, as a team's CI does: whole, linked, in force, and still what would be decided."""

import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import mistune

from decision_kit import files, layouts, record_wording, records, wording
from decision_kit.boundaries import line_difference
from decision_kit.decision import Decision, number_of
from decision_kit.errors import InputError
from decision_kit.evaluation import again, evaluate
from decision_kit.formats import ENDINGS
from decision_kit.grammar import counted, listed
from decision_kit.knowledge import Knowledge

IN_FORCE = ("proposed", "accepted")
"""Statuses of decisions that are still to be reviewed."""

Held = TypeVar("Held")
"""What is read from a file."""

_ALONE = re.compile(
    r"^(?:[*-] )?status: *[\"']?superseded[\"']? *$|^## status\s+superseded *$", re.IGNORECASE | re.MULTILINE
)


@dataclass(frozen=True)
class Finding:
    """Something wrong with a record: the file, the rule it breaks, and a sentence that says what to do."""

    file: str
    rule: str
    text: str


def check(folder: Path, knowledge: Knowledge, today: date) -> list[Finding]:
    """Check a folder of records.

    Parameters
    ----------
    folder : pathlib.Path
    knowledge : Knowledge
        Today's, under which verdicts are found again.
    today : datetime.date

    Returns
    -------
    list of Finding
        By rule ``"unfinished"``, ``"unreadable"``, ``"number"``, ``"link"``, ``"superseded"``, ``"review"``,
        ``"edited"``, ``"verdict"`` or ``"line"``; empty if all is well.

    Raises
    ------
    InputError
        If the folder is missing, cannot be read, or holds no record at all: a CI that looks in the wrong place must
        not find that all is well.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: is not a folder; name the one that the records lie in.")
    found = list(_unfinished(folder))
    stems = records.stems(folder)
    found += _numbers(stems)
    texts = _read(folder, [path.stem for path in sorted(folder.glob("*.md"))], ENDINGS["madr"], files.read_text, found)
    decisions = _read(folder, stems, ENDINGS["json"], Decision.open, found)
    reports = _read(folder, decisions, ENDINGS["html"], records.reopen, found)
    for stem, text in texts.items():
        found += _markdown(folder / f"{stem}{ENDINGS['madr']}", text)
    for stem, decision in decisions.items():
        found += _edited(stem, decision, texts.get(stem), reports.get(stem))
        found += _in_force(stem, decision, decisions, today)
        found += _verdict(stem, decision, knowledge)
    if not stems and not found:
        raise InputError(
            f"{folder}: holds no record, a file named such as 0001-coordinate-orders.md; name the folder that records "
            "were exported to, which for the notebooks is records beside decisions."
        )
    return sorted(found, key=lambda finding: finding.file)


def notes(folder: Path, found: Sequence[Finding]) -> list[str]:
    """Say that all is well if it is, with how many records, and which records in force are of one decision.

    Parameters
    ----------
    folder : pathlib.Path
    found : sequence of Finding
        What :func:`check` gives for it.

    Returns
    -------
    list of str
        None of them is something wrong: a decision may have two records while it is being made.
    """
    stems = records.stems(folder)
    decisions = _read(folder, stems, ENDINGS["json"], Decision.open, [])  # what cannot be read is told already
    by_name = defaultdict(list)
    for stem, decision in decisions.items():
        if decision.status in IN_FORCE:
            by_name[" ".join(decision.name.split())].append(stem)
    told = [] if found else [f"All is well: {counted(len(stems), 'record')} looked at."]
    return told + [
        f"Note: {listed(same)} are of one decision, “{name}”, and none takes the place of another; "
        "`decision-kit supersede OLD NEW` says which one counts."
        for name, same in by_name.items()
        if len(same) > 1
    ]


def _read(
    folder: Path, stems: Iterable[str], ending: str, read: Callable[[Path], Held], found: list[Finding]
) -> dict[str, Held]:
    """Read the files of a folder that have an ending, by their names without it, and add what cannot be read."""
    held = {}
    for stem in stems:
        path = folder / f"{stem}{ending}"
        if os.path.lexists(path):
            try:
                held[stem] = read(path)
            except InputError as error:
                found.append(Finding(path.name, "unreadable", str(error).removeprefix(f"{path}: ")))
    return held


def _unfinished(folder: Path) -> Iterator[Finding]:
    if (folder / files.JOURNAL).exists():
        todo = f"a change of several files was cut off; `decision-kit check {folder} --finish` completes it."
        yield Finding(files.JOURNAL, "unfinished", todo)
        return  # what is left beside belongs to it
    for path in sorted(folder.glob(f".*{files.LEFT_OVER}")):
        yield Finding(path.name, "unfinished", "is left from a change that was cut off before it began; delete it.")


def _numbers(stems: list[str]) -> Iterator[Finding]:
    by_number = defaultdict(list)
    for stem in stems:
        by_number[int(number_of(stem))].append(stem)
    free = max(by_number, default=0) + 1
    for number, sharing in by_number.items():
        for stem in sharing[1:]:
            todo = f"bears the number {number}, as {sharing[0]} does; give one of them another, such as {free}."
            yield Finding(stem, "number", todo)


def _markdown(path: Path, text: str) -> Iterator[Finding]:
    """Check what can be said of any record in Markdown, whoever wrote it."""
    for address in _links(mistune.create_markdown(renderer="ast", plugins=["table"])(text)):
        target = urlsplit(address)
        if target.scheme or target.netloc or not target.path:
            continue
        if not (path.parent / unquote(target.path)).exists():
            yield Finding(path.name, "link", f"links to {address[:200]}, which is not there; correct the link.")
    if _ALONE.search(text) and "superseded by" not in text.lower():
        yield Finding(path.name, "superseded", "is superseded, but does not say by which record; link its successor.")
    origin = layouts.origin(text)
    if origin and not (path.parent / origin.decision_file).is_file():
        todo = f"was written from {origin.decision_file}, which is not there; put the two together again."
        yield Finding(path.name, "link", todo)


def _links(tokens: Any) -> Iterator[str]:
    """Find the addresses that a parsed text links to."""
    for token in tokens:
        if token["type"] in ("link", "image"):
            yield token["attrs"]["url"]
        yield from _links(token.get("children") or [])


def _edited(stem: str, decision: Decision, text: str | None, held: Decision | None) -> Iterator[Finding]:
    """Compare a decision with the record in Markdown and with what its report holds, where they can be read."""
    anew = "export the decision anew, or put back what was changed"
    if text is not None:
        file = f"{stem}{ENDINGS['madr']}"
        same_decision, same_text = layouts.intact(text, decision)
        if not same_text:
            yield Finding(file, "edited", f"was edited by hand since it was written; {anew}.")
        if not same_decision:
            yield Finding(file, "edited", f"does not say what {stem}{ENDINGS['json']} says; {anew}.")
    if held not in (None, decision):
        told = f"holds another decision than {stem}{ENDINGS['json']}; {anew}."
        yield Finding(f"{stem}{ENDINGS['html']}", "edited", told)


def _in_force(stem: str, decision: Decision, decisions: dict[str, Decision], today: date) -> Iterator[Finding]:
    """Check status, successor and review date."""
    file = f"{stem}{ENDINGS['json']}"
    by = decision.superseded_by
    together = "`decision-kit supersede OLD NEW` says it in both records"
    if decision.status == "superseded" and not by:
        yield Finding(file, "superseded", f"is superseded, but names no successor; {together}.")
    if by and by not in decisions:
        yield Finding(file, "superseded", f"is superseded by {by}, which is not there.")
    elif by and stem not in decisions[by].supersedes:
        yield Finding(file, "superseded", f"is superseded by {by}, which does not say so; {together}.")
    for old in decision.supersedes:
        if old not in decisions:
            yield Finding(file, "superseded", f"supersedes {old}, whose decision is not there.")
        elif decisions[old].superseded_by != stem:
            yield Finding(file, "superseded", f"supersedes {old}, which does not say so; {together}.")
    if decision.review and decision.status in IN_FORCE and date.fromisoformat(decision.review) < today:
        yield Finding(file, "review", f"was to be reviewed on {decision.review}; review it and set a new day.")


def _verdict(stem: str, decision: Decision, knowledge: Knowledge) -> Iterator[Finding]:
    """Tell whether the verdict, or the line through the system, would be another under today's knowledge."""
    file, basis = f"{stem}{ENDINGS['json']}", decision.basis
    if basis is None or decision.status not in IN_FORCE:
        return
    try:
        now = evaluate(decision, knowledge)
        then = again(decision, knowledge)
    except InputError as error:
        yield Finding(file, "verdict", f"cannot be decided again under the knowledge “{knowledge.name}”: {error}")
        return
    if then.basis != replace(basis, kit=then.basis.kit):
        yield Finding(
            file,
            "verdict",
            f"does not give its recorded result again (kit {basis.kit} then, {then.basis.kit} now); was it edited?",
        )
        return
    if (basis.verdict, basis.model) != (now.verdict.kind, now.verdict.model):
        recorded, today = (wording.headline(each).rstrip(".") for each in (then, now))
        turned = f"was recorded as “{recorded}”; today's knowledge gives “{today}”."
        yield Finding(file, "verdict", f"{turned} {record_wording.moved_ratings(basis, now)}")
    if then.line and now.line and (elsewhere := line_difference.since(basis, then.line, now.line)):
        yield Finding(file, "line", elsewhere)
