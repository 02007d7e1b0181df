"""Write a decision's records: the ADR in Markdown (MADR 4), the HTML report and the decision's JSON."""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jinja2
import yaml
from markupsafe import Markup

from decision_kit import files, report, wording
from decision_kit.decision import Decision
from decision_kit.errors import InputError
from decision_kit.evaluation import Evaluation
from decision_kit.scoring import Contribution

ENDINGS = {"madr": ".md", "html": ".html", "json": ".decision.json"}
"""The formats a decision is exported in, and how their files' names end."""

LONGEST_NAME = 80
"""Most characters of a title in a file's name, which ends at a whole word."""

MOST = 5
"""How many consequences of each sign are named; the table of scores holds them all."""

GOOD, BAD = 2.5, 1.5
"""From which mean rating (0-4) on, and up to which, a model is called good or bad at a requirement."""


def export(evaluation: Evaluation, folder: Path, formats: Iterable[str] = tuple(ENDINGS)) -> list[Path]:
    """Write the records of a decision under the next free number, never over a file that is there.

    Parameters
    ----------
    evaluation : Evaluation
    folder : pathlib.Path
        Where to; made if it is missing.
    formats : iterable of str
        Any of ``"madr"``, ``"html"``, ``"json"``.

    Returns
    -------
    list of pathlib.Path
        The files written, ``NNNN-title.md`` and so on, in the order of ``formats``.

    Raises
    ------
    InputError
        If a file cannot be written; those of this export written before it are taken away again.
    """
    stem = f"{next_number(folder):04d}-{slug(wording.title(evaluation))}"
    writers = {
        "madr": lambda: madr(evaluation, f"{stem}{ENDINGS['json']}"),
        "html": lambda: report.html(evaluation),
        "json": evaluation.decision.to_json,
    }
    texts = {folder / f"{stem}{ENDINGS[name]}": writers[name]() for name in formats}
    written: list[Path] = []
    try:
        for path, text in texts.items():
            files.write_new(path, text)
            written.append(path)
    except InputError:
        for path in written:
            path.unlink(missing_ok=True)
        raise
    return written


def reopen(path: Path) -> Decision:
    """Open the decision behind any of its records: its JSON, the HTML report, or the ADR with its JSON beside it.

    Parameters
    ----------
    path : pathlib.Path

    Returns
    -------
    Decision

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
        named = re.search(r"^### Written by decision-kit from (\S+)$", files.read_text(path), re.MULTILINE)
        if named is None:
            raise InputError(f"{path}: was not written by decision-kit, so no decision can be opened from it.")
        beside = path.parent / Path(named[1]).name
        if not beside.is_file():
            raise InputError(f"{path}: its decision {beside.name} does not lie beside it; put the two together again.")
        return Decision.open(beside)
    return Decision.open(path)


def next_number(folder: Path) -> int:
    """Find the first number above all that the records in a folder bear.

    Raises
    ------
    InputError
        If the folder cannot be read.
    """
    try:
        names = [path.name for path in folder.iterdir()]
    except FileNotFoundError:
        return 1
    except OSError as error:
        raise InputError(f"{folder}: cannot be read as a folder ({files.reason(error)}).") from None
    return max((int(name[:4]) for name in names if re.match(r"\d{4}-", name, re.ASCII)), default=0) + 1


def slug(title: str) -> str:
    """Turn a title into the part of a file name that every system can hold: ``"Pay & go"`` to ``"pay-go"``."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "-", plain.lower())[: LONGEST_NAME + 1].strip("-")
    return (
        name if len(name) <= LONGEST_NAME else name[:LONGEST_NAME].rpartition("-")[0] or name[:LONGEST_NAME]
    ) or "decision"


def madr(evaluation: Evaluation, decision_file: str) -> str:
    """Write the ADR in the layout of MADR 4 that the common readers take.

    Parameters
    ----------
    evaluation : Evaluation
    decision_file : str
        Name of the decision's JSON file, which lies beside the record.

    Returns
    -------
    str
        Markdown with front matter; user text is escaped, so that no reader takes it for markup.
    """
    decision, verdict = evaluation.decision, evaluation.verdict
    needs = sorted(evaluation.scores.contributions, key=lambda contribution: -contribution.weight)
    first = verdict.first[0] if verdict.first else None
    gained, paid = wording.reasons(evaluation, first, verdict.next) if first and verdict.next else ([], [])
    people = {
        "decision-makers": decision.deciders,
        "consulted": decision.consulted,
        "informed": decision.informed,
    }
    advised = [advice for advice in evaluation.knowledge.guidance if advice.model == verdict.model]
    used = {
        vote.source
        for contribution in needs
        for model in evaluation.scores.eligible
        for vote in evaluation.knowledge.votes.get((model, contribution.answer.requirement), ())
    }
    return _ENVIRONMENT.get_template("madr.md.j2").render(
        evaluation=evaluation,
        decision=decision,
        verdict=verdict,
        knowledge=evaluation.knowledge,
        words=wording,
        decision_file=decision_file,
        front={key: _scalar(names) for key, names in people.items() if names},
        needs=needs,
        gained=gained[:MOST],
        paid=paid[:MOST],
        mitigations=[advice for advice in advised if advice.kind == "mitigation"],
        symptoms=[advice for advice in advised if advice.kind == "anti-pattern"],
        sources=[source for source in evaluation.knowledge.sources.values() if source.id in used],
        standing=_standing,
    )


def markdown(text: str) -> Markup:
    r"""Write a text so that Markdown shows it as it is, on one line.

    Control and bidirectional override characters, which could hide or break what follows, are left out.

    Examples
    --------
    >>> print(markdown("# <b> | {{x}}"))
    \# &lt;b&gt; \| &#123;&#123;x&#125;&#125;
    """
    line = _line(text)
    line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    line = re.sub(r"[{}]", lambda brace: f"&#{ord(brace[0])};", line)  # site generators take {{ }} for templates
    line = re.sub(r"([\\`*\[\]|~^$])", r"\\\1", line)
    line = re.sub(r"(?<!\w)_|_(?!\w)", r"\\_", line)
    line = re.sub(r"^([-+=#:])", r"\\\1", line)
    return Markup(re.sub(r"^(\d+)([.)])(?=\s|$)", r"\1\\\2", line))  # noqa: S704 - Markup here says: is escaped for Markdown


_BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029\ufeff")


def _line(text: str) -> str:
    """Put a text on one line, without characters that cannot be seen but change what can."""
    seen = (c for c in text if c.isspace() or (unicodedata.category(c) != "Cc" and c not in _BIDI))
    return " ".join("".join(seen).split())


def _scalar(names: Iterable[str]) -> Markup:
    """Write names as one YAML scalar on one line, quoted only where it must be."""
    line = ", ".join(name for name in map(_line, names) if name)
    return Markup(yaml.safe_dump(line, allow_unicode=True, width=10**9).removesuffix("\n...\n").strip())  # noqa: S704


def _finalize(value: Any) -> Any:
    return value if isinstance(value, Markup) else markdown(str(value))


def _standing(contribution: Contribution, model: str) -> str:
    """Say whether a model is good, neutral or bad at what a contribution needs."""
    rating = contribution.ratings[model]
    return "Good" if rating >= GOOD else "Bad" if rating <= BAD else "Neutral"


_ENVIRONMENT = jinja2.Environment(  # noqa: S701 - Markdown, not HTML: finalize escapes every value
    loader=jinja2.FileSystemLoader(files.PACKAGE / "templates"),
    undefined=jinja2.StrictUndefined,
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


_ENVIRONMENT.filters |= {"lower_first": _lower_first, "link": _link}
