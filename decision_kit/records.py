"""The records of decisions in a folder: write them, open the decision behind one, and change them together.

A record is a number and a title, ``0001-coordinate-orders``, under which lie its files: the decision's JSON, the record
in Markdown, the report. They are changed all at once or not at all.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from decision_kit import files, layouts, record_wording, report, wording
from decision_kit.decision import Decision, is_stem, number_of
from decision_kit.errors import InputError
from decision_kit.evaluation import Evaluation
from decision_kit.formats import ENDINGS, LAYOUTS, USUAL
from decision_kit.knowledge import Knowledge

LONGEST_NAME = 80
"""Most characters of a title in a file's name, which ends at a whole word."""

SMALL_WORDS = ("a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with")
"""Words that a file's name does not end with where it is cut."""

Contents = dict[str, str | bytes | None]
"""Files of a folder by name, with what they are to hold; ``None`` for one that goes."""


def export(
    evaluation: Evaluation,
    folder: Path,
    formats: Iterable[str] = USUAL,
    *,
    number: int | None = None,
    supersedes: Path | None = None,
) -> list[Path]:
    """Write the records of a decision, never over a file that is there.

    Parameters
    ----------
    evaluation : Evaluation
    folder : pathlib.Path
        Where to; made if it is missing.
    formats : iterable of str
        Any of ``formats.ENDINGS``, with one layout at most.
    number : int or None
        The record's number, 1 or more; ``None`` for the next free one.
    supersedes : pathlib.Path or None
        A file of the record in the same folder that this one takes the place of; both are changed in one step.

    Returns
    -------
    list of pathlib.Path
        The files written, ``NNNN-title.md`` and so on, in the order of ``formats``.

    Raises
    ------
    InputError
        If a model is chosen against the verdict and no reason is given, the review is before the decision, the number
        is taken, the formats do not go together, or a file cannot be written; nothing is changed then.
    """
    if asked := wording.ask_why(evaluation):
        raise InputError(asked)
    _in_order(evaluation.decision)
    formats = list(dict.fromkeys(formats))
    if len([name for name in formats if name in LAYOUTS]) > 1:
        raise InputError(f"format: {' and '.join(formats)} would bear one name; choose one layout.")
    stem = _stem(evaluation, folder, number)
    contents: Contents = {}
    taken = evaluation.decision.supersedes
    if supersedes is not None:
        old = stem_of(supersedes)
        if supersedes.resolve().parent != folder.resolve():
            raise InputError(f"{supersedes}: lies in another folder than {folder}; both records share one.")
        taken = (*taken, old)
        contents = _superseded(folder, old, stem, evaluation.knowledge)
    evaluation = evaluation.recorded(supersedes=taken)
    new: Contents = {f"{stem}{ENDINGS[name]}": _content(name, evaluation, stem) for name in formats}
    files.together(folder, contents | new, fresh=new)
    return [folder / name for name in new]


def _content(name: str, evaluation: Evaluation, stem: str) -> str | bytes:
    if name == "html":
        return report.html(evaluation)
    if name == "pdf":
        return report.pdf(report.html(evaluation))
    return evaluation.decision.to_json() if name == "json" else layouts.write(evaluation, stem, name)


def preview(evaluation: Evaluation, folder: Path, layout: str = "madr", number: int | None = None) -> str:
    """Give the text of the record in Markdown as :func:`export` would write it now."""
    stem = _stem(evaluation, folder, number)
    return layouts.write(evaluation.recorded(), stem, layout)


def amend(path: Path, knowledge: Knowledge, **changes: Any) -> list[Path]:
    """Change what a record says of its status, people, dates or name, in all its files at once.

    What it was decided on stays as it was computed. A new name renames the files, and the links to them in the
    folder's other records follow.

    Parameters
    ----------
    path : pathlib.Path
        Any file of the record.
    knowledge : Knowledge
        For the words of titles.
    **changes
        New values of the decision's ``status``, ``date``, ``review``, ``triggers``, ``deciders``, ``consulted``,
        ``informed`` or ``name``.

    Returns
    -------
    list of pathlib.Path
        The record's files; none where it says all of this already, and nothing is written.

    Raises
    ------
    InputError
        If the record cannot be read, was edited by hand where it would change, or cannot be written, or is to be
        reviewed before it is decided; nothing is changed then.
    """
    folder, old = path.parent, stem_of(path)
    before = _recorded(folder, old)
    after = replace(before, **changes)
    if after == before:
        return []
    if (after.date, after.review) != (before.date, before.review):
        _in_order(after)
    new = old
    if after.name != before.name:
        new = f"{number_of(old)}-{slug(record_wording.title_of(after, knowledge))}"
    contents = _rewritten(folder, old, new, before, after, knowledge)
    fresh = tuple(contents) if new != old else ()
    if fresh:
        contents = {path.name: None for path in _of(folder, old)} | contents | _relinked(folder, old, new, knowledge)
    files.together(folder, contents, fresh)
    return _of(folder, new)


def _in_order(decision: Decision) -> None:
    """Refuse a review before the decision; days written YYYY-MM-DD compare as texts."""
    if decision.review and decision.review < decision.date:
        raise InputError(f"review: {decision.review} is before the day of the decision, {decision.date}.")


def supersede(old: Path, new: Path, knowledge: Knowledge) -> None:
    """Say in two records of one folder, named by any file of each, that one took the place of the other.

    Both say it or neither does. The knowledge is for the words of titles.

    Raises
    ------
    InputError
        If they are one record, lie in two folders, the old one has a successor already, or a file cannot be changed;
        nothing is changed then.
    """
    folder, was, now = old.parent, stem_of(old), stem_of(new)
    if new.resolve().parent != folder.resolve():
        raise InputError(f"{new}: lies in another folder than {old}; both records share one.")
    if was == now:
        raise InputError(f"{old}: cannot take its own place.")
    before = _recorded(folder, now)
    after = replace(before, supersedes=tuple(dict.fromkeys((*before.supersedes, was))))
    contents = _superseded(folder, was, now, knowledge)
    files.together(folder, contents | _rewritten(folder, now, now, before, after, knowledge))


def _superseded(folder: Path, old: str, by: str, knowledge: Knowledge) -> Contents:
    """Give what all files of a record are to hold once another took its place."""
    before = _recorded(folder, old)
    if before.superseded_by not in ("", by):
        raise InputError(f"{folder / old}: is superseded already, by {before.superseded_by}.")
    after = replace(before, status="superseded", superseded_by=by)
    return _rewritten(folder, old, old, before, after, knowledge)


def _rewritten(
    folder: Path, old: str, new: str, before: Decision, decision: Decision, knowledge: Knowledge
) -> Contents:
    contents: Contents = {}
    for path in _of(folder, old):
        ending = path.name.removeprefix(old)
        try:
            if ending == ENDINGS["json"]:
                contents[f"{new}{ending}"] = decision.to_json()
            elif ending == ENDINGS["madr"]:
                text = files.read_text(path)
                contents[f"{new}{ending}"] = layouts.rewrite(
                    text, decision, new, knowledge, before=before, old_stem=old
                )
            elif ending == ENDINGS["html"]:
                page = report.rewrite(files.read_text(path), decision, knowledge, before=before)
                contents[f"{new}{ending}"] = page
                if (folder / f"{old}{ENDINGS['pdf']}").exists():
                    contents[f"{new}{ENDINGS['pdf']}"] = report.pdf(page)
        except InputError as error:
            raise InputError(f"{path}: {error}") from None
    return contents


def _relinked(folder: Path, old: str, new: str, knowledge: Knowledge) -> Contents:
    """Let the links to a record follow its new name, in the kit's records and in those written by hand.

    A file that does not name it is left alone, whatever else is the matter with it.
    """
    contents: Contents = {}
    for name in stems(folder):
        path = folder / f"{name}{ENDINGS['json']}"
        if name != old and path.is_file() and _names(path, old):
            before = Decision.open(path)
            after = replace(
                before,
                supersedes=tuple(new if stem == old else stem for stem in before.supersedes),
                superseded_by=new if before.superseded_by == old else before.superseded_by,
            )
            if after != before:
                contents |= _rewritten(folder, name, name, before, after, knowledge)
    for path in sorted(folder.glob("*.md")):
        if path.name not in contents and not path.name.startswith(f"{old}.") and _names(path, old):
            text = files.read_text(path)
            linked = text.replace(f"({old}.md", f"({new}.md")
            if linked != text:
                contents[path.name] = linked
    return contents


def _names(path: Path, stem: str) -> bool:
    try:
        return stem.encode() in path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({files.reason(error)}).") from None


def reopen(path: Path) -> Decision:
    """Open the decision behind any of its records: its JSON, the HTML report, or the ADR with its JSON beside it.

    Raises
    ------
    InputError
        If the file cannot be read or holds no decision, or the JSON that an ADR names does not lie beside it.
    """
    if path.suffix == ENDINGS["html"]:
        text = files.read_text(path)
        try:
            return report.decision_in(text)
        except InputError as error:
            raise InputError(f"{path}: {error}") from None
    if path.suffix == ENDINGS["madr"]:
        origin = layouts.origin(files.read_text(path))
        if origin is None:
            raise InputError(f"{path}: was not written by decision-kit, so no decision can be opened from it.")
        beside = path.parent / Path(origin.decision_file).name
        if not beside.is_file():
            raise InputError(f"{path}: its decision {beside.name} does not lie beside it; put the two together again.")
        return Decision.open(beside)
    return Decision.open(path)


def stems(folder: Path) -> list[str]:
    """List the records of a folder by their names without endings, in order.

    Raises
    ------
    InputError
        If the folder cannot be read.
    """
    try:
        names = [path.name for path in folder.iterdir()]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise InputError(f"{folder}: cannot be read as a folder ({files.reason(error)}).") from None
    found = {name.removesuffix(ending) for name in names for ending in ENDINGS.values() if name.endswith(ending)}
    return sorted(stem for stem in found if is_stem(stem))


def next_number(folder: Path) -> int:
    """Find the first number above all that the records in a folder bear.

    Raises
    ------
    InputError
        If the folder cannot be read.
    """
    return max((int(number_of(stem)) for stem in stems(folder)), default=0) + 1


def stem_of(path: Path) -> str:
    """Give a record's name without an ending, from any of its files.

    Raises
    ------
    InputError
        If the file is not named as a record.
    """
    ending = next((ending for ending in ENDINGS.values() if path.name.endswith(ending)), "")
    stem = path.name.removesuffix(ending)
    if not is_stem(stem):
        raise InputError(f"{path}: is not named as a record, such as 0001-coordinate-orders.md.")
    return stem


def slug(title: str) -> str:
    """Turn a title into the part of a file name that every system can hold: ``"Pay & go"`` to ``"pay-go"``."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
    if len(name) <= LONGEST_NAME:
        return name or "decision"
    *words, _ = name[: LONGEST_NAME + 1].split("-")
    while words and words[-1] in SMALL_WORDS:
        words.pop()
    return "-".join(words) or name[:LONGEST_NAME]


def _stem(evaluation: Evaluation, folder: Path, number: int | None) -> str:
    """Name the record that would be written now."""
    return f"{_free(folder, number):04d}-{slug(record_wording.title(evaluation))}"


def _free(folder: Path, number: int | None) -> int:
    """Take a number if no record bears it; else propose the next free one."""
    free = next_number(folder)
    if number is None:
        return free
    if number < 1:
        raise InputError(f"number: {number} is not 1 or more; the next free number is {free}.")
    taken = next((stem for stem in stems(folder) if int(number_of(stem)) == number), None)
    if taken is not None:
        raise InputError(f"number: {number} is taken by {taken}; the next free number is {free}.")
    return number


def _recorded(folder: Path, stem: str) -> Decision:
    path = folder / f"{stem}{ENDINGS['json']}"
    if not path.is_file():
        raise InputError(f"{folder / stem}: its decision {path.name} does not lie in the folder, so it stays as it is.")
    decision = Decision.open(path)
    if decision.basis is None:
        raise InputError(f"{path}: does not say what it was computed from; export the decision anew.")
    return decision


def _of(folder: Path, stem: str) -> list[Path]:
    """List the files of a record."""
    return [path for ending in dict.fromkeys(ENDINGS.values()) if (path := folder / f"{stem}{ending}").is_file()]
