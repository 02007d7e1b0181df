"""The ``decision-kit`` command: open the notebooks or the app, score a decision, draw a line, export records."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Never

from decision_kit import cases_wording, files, formats, knowledge, sensitivity, sensitivity_wording, wording
from decision_kit.decision import STATUSES, Decision
from decision_kit.errors import InputError
from decision_kit.evaluation import evaluate_file
from decision_kit.grammar import counted, percent
from decision_kit.knowledge import Knowledge

if TYPE_CHECKING:  # scipy is behind it, and not needed to score
    from decision_kit.boundaries.boundary import Line


class _Parser(argparse.ArgumentParser):
    """A parser that tells a mistake as all others are told, without lines of usage before it."""

    def error(self, message: str) -> Never:
        raise InputError(f"{message}; `{self.prog} --help` says what is allowed.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    arguments : sequence of str or None
        As given after the command's name; ``None`` for the process's own.

    Returns
    -------
    int
        0 when done, 1 if ``check`` found something, 2 on bad input, which is told in one sentence on standard error.
    """
    try:
        given = _parser().parse_args(arguments)
        return given.run(given) or 0
    except InputError as error:
        print(f"decision-kit: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # Whoever read the output has seen enough; without this Python complains once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="decision-kit",
        description="Without a command: open the decision notebooks in the browser.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('decision-kit')}")
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path.home() / "decision-kit",
        help="where the notebooks, decisions and records are kept (default: %(default)s)",
    )
    parser.add_argument("--no-browser", action="store_true", help="print the address and open no browser")
    parser.add_argument("--knowledge", type=Path, metavar="FOLDER", help="requirements, models and ratings of your own")
    parser.set_defaults(run=_open)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    # Said again after a command, an option must not undo what was said before it.
    shared = _Parser(add_help=False)
    shared.add_argument("--knowledge", type=Path, metavar="FOLDER", default=argparse.SUPPRESS, help=argparse.SUPPRESS)

    def command(name: str, run: Callable[[argparse.Namespace], int | None], told: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, parents=[shared], help=told)
        added.set_defaults(run=run)
        return added

    app = command("app", _open, "open the notebooks as an app, without code")
    app.add_argument("--folder", type=Path, default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    app.add_argument("--no-browser", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)

    score = command("score", _score, "print the verdict on a decision file")
    score.add_argument("file", type=Path, metavar="FILE")

    diff = command("diff", _diff, "say what sets two decisions apart")
    diff.add_argument("one", type=Path, metavar="A", help="a decision's JSON, its HTML report, or its ADR")
    diff.add_argument("other", type=Path, metavar="B", help="another; of each pair printed as JSON A is the first")

    test = command("backtest", _backtest, "judge a file of cases by each voice")
    test.add_argument("file", type=Path, metavar="CASES")

    boundary = command("boundary", _boundary, "say where the boundary runs in a system")
    boundary.add_argument("parts", type=Path, metavar="PARTS", help="a CSV file like data/templates/parts.csv")
    boundary.add_argument("links", type=Path, metavar="LINKS", help="a CSV file like data/templates/links.csv")
    boundary.add_argument(
        "--into", type=Path, metavar="DECISION", help="keep the system in this decision file, for its record and report"
    )
    boundary.add_argument("--force", action="store_true", help="replace another system that DECISION holds")
    boundary.add_argument("--without", action="append", default=[], metavar="RULE", help="switch a published rule off")
    boundary.add_argument(
        "--flip", action="append", metavar="PART", help="say how near this part is to changing sides, moving nothing"
    )

    many = command("portfolio", _portfolio, "score a table of very many workflows")
    many.add_argument("source", type=Path, metavar="IN", help="a .csv or .parquet file, larger than memory if need be")
    many.add_argument("target", type=Path, metavar="OUT", help="a .csv or .parquet file")
    many.add_argument("--force", action="store_true", help="replace OUT if it is there")

    export = command("export", _export, "write the records of a decision file")
    export.add_argument("file", type=Path, metavar="FILE")
    export.add_argument(
        "--to", type=Path, required=True, metavar="FOLDER", help="never overwrites: takes the next number"
    )
    export.add_argument(
        "--format", choices=formats.ENDINGS, help="one only, a layout with its JSON (default: madr, html and json)"
    )
    export.add_argument("--number", type=int, metavar="N", help="the record's number (default: the next free one)")
    export.add_argument("--supersedes", type=Path, metavar="RECORD", help="the record that this one takes the place of")

    amend = command("amend", _amend, "change what a record says of its status and people")
    amend.add_argument("file", type=Path, metavar="RECORD", help="any of its files; all are changed together")
    amend.add_argument("--status", choices=STATUSES)
    amend.add_argument("--name", help="what is coordinated; renames the files, and links follow")
    amend.add_argument("--date", metavar="DAY", help="day of the decision, YYYY-MM-DD")
    amend.add_argument("--review", metavar="DAY", help="day of its review; empty for none")
    for people in ("deciders", "consulted", "informed", "triggers"):
        amend.add_argument(f"--{people}", nargs="*", metavar="TEXT", help=f"the {people}, one text each")

    supersede = command("supersede", _supersede, "put one record in the place of another")
    supersede.add_argument("old", type=Path, metavar="OLD", help="any file of the record that is superseded")
    supersede.add_argument("new", type=Path, metavar="NEW", help="any file of its successor, in the same folder")

    check = command("check", _check, "check a folder of records, for a team's CI")
    check.add_argument("folder_of_records", type=Path, metavar="FOLDER")
    check.add_argument("--finish", action="store_true", help="first finish a change that was cut off")

    spans = command("summarize", _summarize, "turn recorded spans into parts.csv and links.csv")
    spans.add_argument("spans", type=Path, nargs="+", metavar="SPANS", help="OTLP JSON lines, Jaeger's JSON or Parquet")
    spans.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="fills what is empty, changes nothing")
    spans.add_argument("--sampled", type=float, default=1, metavar="SHARE", help="of all runs recorded, such as 0.01")

    for printing in (score, diff, test, boundary, check):
        printing.add_argument("--json", action="store_true", help="print all of it as JSON instead")
    return parser


def _open(given: argparse.Namespace) -> int:
    from decision_kit import launch  # noqa: PLC0415 - Jupyter takes a second to import

    if given.knowledge is not None:
        _knowledge(given)  # a mistake is told here, not in the notebook
        os.environ["DECISION_KIT_KNOWLEDGE"] = str(given.knowledge.resolve())
    for renamed in launch.prepare(given.folder):
        print(renamed)
    return launch.run(given.folder, browser=not given.no_browser, app=given.command == "app")


def _knowledge(given: argparse.Namespace) -> Knowledge:
    """Load the knowledge asked for, and warn where a folder of one's own can hardly say what it should compare."""
    known = knowledge.load(given.knowledge)
    if given.knowledge is not None and (warning := sensitivity_wording.reach(sensitivity.reachable(known), known)):
        print(f"decision-kit: warning: {warning}", file=sys.stderr)
    return known


def _print_json(values: Any) -> None:
    print(json.dumps(values, ensure_ascii=False, indent=2))


def _score(given: argparse.Namespace) -> None:
    evaluation = evaluate_file(given.file, _knowledge(given))
    if given.json:
        _print_json(evaluation.to_dict())
        return
    models = evaluation.knowledge.models
    print(
        f"{' '.join(evaluation.decision.name.split())}\n\n{wording.headline(evaluation)}\n{evaluation.verdict.rule}\n"
    )
    width = max(len(model.title) for model in models.values())
    for model, fit in evaluation.ranking():
        out = " (ruled out)" if fit is not None and model not in evaluation.scores.candidates else ""
        print(f"  {models[model].title:{width}}  {'not compared' if fit is None else percent(fit):>5}{out}")
    needed = bool(evaluation.verdict.first)
    told = [
        wording.choice(evaluation),
        sensitivity_wording.still_open(evaluation),
        wording.confidence(evaluation),
        wording.unweighted(evaluation),
        *sensitivity_wording.flips(evaluation),
        *(cases_wording.teams(evaluation) if needed else []),
        sensitivity_wording.ask_next(evaluation, evaluation.open_questions),
        wording.boundary(evaluation),
        *wording.lacking(evaluation),
        *wording.must_haves(evaluation),
        *evaluation.contradictions,
        wording.open_questions(evaluation),
        wording.lean(evaluation) if needed else "",
    ]
    print("\n" + "\n".join(line for line in told if line))
    if evaluation.line is not None:
        from decision_kit.boundaries import boundary_wording  # noqa: PLC0415 - scipy is behind it

        line, decision = evaluation.line, evaluation.decision
        said = [
            boundary_wording.beside(line, evaluation.verdict.model, decision.chosen),
            *boundary_wording.sides(line),
            *boundary_wording.described(line, decision.core, decision.reactions),
        ]
        print("", *filter(None, [boundary_wording.answered(line), *(said if line.answered else [])]), sep="\n")


def _diff(given: argparse.Namespace) -> None:
    from decision_kit import difference, difference_wording, records  # noqa: PLC0415 - Jinja2 is not needed to score
    from decision_kit.boundaries import line_difference  # noqa: PLC0415 - Jinja2 is not needed to score

    known = _knowledge(given)
    one, other = (evaluate_file(path, known, read=records.reopen) for path in (given.one, given.other))
    found = difference.between(one, other)
    if given.json:
        _print_json(found.to_dict())
        return
    print(*difference_wording.difference(found), *line_difference.between(one.line, other.line), sep="\n")


def _backtest(given: argparse.Namespace) -> None:
    from decision_kit import backtest, cases  # noqa: PLC0415 - not needed to score

    known = _knowledge(given)
    result = backtest.run(cases.load(given.file, known), known)
    if given.json:
        _print_json(result.to_dict())
        return
    print(f"{cases_wording.backtest(result)}\n")
    for name in ("experts", "cases", "combined", "baseline"):
        voice = getattr(result, name)
        brier = "" if voice.brier is None else f"  Brier {voice.brier:.3f}"
        print(f"  {name:9} {voice.right:3} of {voice.of}  95 % interval {voice.low:.2f} to {voice.high:.2f}{brier}")
    for blank, voices in result.blanks.items():
        told = ", ".join(f"{name} {voice.right} ({voice.brier or 0:.3f})" for name, voice in voices.items())
        print(f"  silent sources read as level {blank}: {told}")
    print(f"\n{cases_wording.calibration(result)}\n{cases_wording.hybrids(result)}")
    for case, why in result.skipped.items():
        print(f"Skipped {case}: {why}.")


def _boundary(given: argparse.Namespace) -> None:
    # scipy is not needed to score
    from decision_kit.boundaries import boundary, boundary_wording, system  # noqa: PLC0415

    known = _knowledge(given)
    loaded = system.load(given.parts, given.links, known)
    line = boundary.draw(replace(loaded, without=tuple(dict.fromkeys(given.without))), known, flips=given.flip)
    lists = "" if given.into is None else _keep(line, given.into, force=given.force)
    if given.json:
        _print_json(line.to_dict())
        if lists:
            print(f"decision-kit: {given.into}: {lists}", file=sys.stderr)
        return
    told = [*boundary_wording.told(line), *boundary_wording.fixed(line), *boundary_wording.contradictions(line)]
    sides, crossed = boundary_wording.sides(line), boundary_wording.crossed(line)
    drawn = [*sides, "", *crossed, "", *told, boundary_wording.UNIT] if line.answered else []
    print(*filter(None, [boundary_wording.answered(line)]), *drawn, sep="\n")
    if given.into is not None:
        holds = f"\n{given.into} holds this system now; its record and its report say where the boundary runs."
        print(*filter(None, [holds, lists]), sep="\n")


def _keep(line: "Line", path: Path, *, force: bool) -> str:
    """Put a system into a decision file, but over no other system unseen and into no record; tell of its lists."""
    from decision_kit.boundaries import into_decision  # noqa: PLC0415 - scipy is behind it

    decision = Decision.open(path)
    if decision.basis is not None:
        raise InputError(
            f"{path}: is a record and stays as it was written; name the decision that it was written from."
        )
    if decision.system not in (None, line.system) and not force:
        raise InputError(f"{path}: holds another system already; --force puts this one in its place.")
    try:
        held, lists = into_decision.put(line, decision)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    held.save(path)
    return lists


def _export(given: argparse.Namespace) -> None:
    from decision_kit import records  # noqa: PLC0415 - Jinja2 is not needed to score

    evaluation = evaluate_file(given.file, _knowledge(given))
    # A record in Markdown names the decision it was written from, so that lies beside it.
    asked = formats.USUAL if given.format is None else (given.format,)
    asked = (*asked, "json") if given.format in formats.LAYOUTS else asked
    print(*records.export(evaluation, given.to, asked, number=given.number, supersedes=given.supersedes), sep="\n")


def _amend(given: argparse.Namespace) -> None:
    from decision_kit import records  # noqa: PLC0415

    names = ("status", "name", "date", "review", "deciders", "consulted", "informed", "triggers")
    changes = {name: value for name in names if (value := getattr(given, name)) is not None}
    written = records.amend(given.file, _knowledge(given), **changes)
    nothing = f"{given.file}: nothing to change; the record says all of this already."
    print(*(written or (nothing,)), sep="\n")


def _supersede(given: argparse.Namespace) -> None:
    from decision_kit import records  # noqa: PLC0415

    records.supersede(given.old, given.new, _knowledge(given))


def _check(given: argparse.Namespace) -> int:
    from decision_kit import check  # noqa: PLC0415

    folder = given.folder_of_records
    if given.finish:
        files.finish(folder)
    found = check.check(folder, _knowledge(given), date.today())
    if given.json:
        _print_json([asdict(finding) for finding in found])
    else:
        print(*(f"{finding.file}: {finding.text}" for finding in found), *check.notes(folder, found), sep="\n")
    return 1 if found else 0


def _summarize(given: argparse.Namespace) -> None:
    from decision_kit.telemetry import summary, traces  # noqa: PLC0415 - not needed to score

    known = _knowledge(given)
    found = traces.summarize(given.spans, sampled=given.sampled)
    written = summary.write(found, given.to, known)
    told = [*summary.told(found), *(f"{said}." for table in written for said in table.kept)]
    cells = counted(sum(table.filled for table in written), "cell")
    told += [summary.untold(known), f"{cells} filled in:", *(str(table.path) for table in written)]
    print("\n".join(line for line in told if line))


def _portfolio(given: argparse.Namespace) -> int:
    from decision_kit.portfolio import table_files  # noqa: PLC0415 - pandas and Arrow are not needed to score one

    known, tells = _knowledge(given), sys.stderr.isatty()

    def bar(share: float) -> None:
        if tells:
            print(f"\r[{'#' * round(40 * share):40}] {share:4.0%}", end="", file=sys.stderr, flush=True)

    try:
        found = table_files.run(given.source, given.target, known, force=given.force, progress=bar)
    except KeyboardInterrupt:
        print("\ndecision-kit: stopped; nothing was changed.", file=sys.stderr)
        return 130
    finally:
        print(end="\r\x1b[K" if tells else "", file=sys.stderr)
    print(*found.told(), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
