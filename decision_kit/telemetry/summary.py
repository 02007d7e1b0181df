"""A summary of spans in words, and as the two tables of a system; a person's answers go before any measurement."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from decision_kit.boundaries import system
from decision_kit.grammar import counted, listed
from decision_kit.knowledge import Knowledge
from decision_kit.telemetry import fill, proposals
from decision_kit.telemetry.fill import Table
from decision_kit.telemetry.proposals import Proposal, digits
from decision_kit.telemetry.traces import MeasuredLink, MeasuredPart, Summary
from decision_kit.wording import titles

DOUBTS = {
    "unusable": "without a trace, an id or a beginning, left out",
    "repeated": "told more than once, counted once",
    "endless": "without an end after their beginning, counted but not timed",
    "nameless": "of a service that gives no name, gathered as unknown_service",
    "lost_parents": "whose parent was not recorded, so who called is not known and gives no link",
    "early": "began before the span that caused them, by up to {skew} s; clocks differ, and no time between two "
    "services is better than that",
    "circles": "their own ancestors or below one that is, left out of the runs",
    "assumed": "called from another service without saying client and server, taken as awaited",
    "silent": "to something that records no spans, such as a database, which is no part",
    "lost_links": "that link to a span that was not recorded, which is left out",
    "other_links": "that link to another without a message between them, which is left out",
}
"""What is said of the spans in each of a summary's ``counts``."""


def told(summary: Summary) -> list[str]:
    """Say what the spans show, what was left out, and what is doubtful.

    Returns
    -------
    list of str
        One line each.
    """
    begin = datetime.fromtimestamp(summary.begin // 10**9, UTC)
    found = listed(
        [counted(summary.spans, "span"), counted(len(summary.parts), "service"), counted(summary.runs, "run")]
    )
    line = counted(summary.deepest, "link")
    lines = [
        f"{found}, seen for {digits(summary.seconds)} s from {begin:%Y-%m-%d %H:%M:%S} UTC on.",
        f"No run passes more than {line} one behind the other.",
    ]
    if summary.sampled < 1:
        lines.append(
            f"A share of {summary.sampled:g} of all runs was recorded, as you say: what happens a second is scaled up "
            "by it, and what is counted is not."
        )
    lines += [_part(part) for part in summary.parts]
    lines += [f"{link.start} to {link.end}, {link.kind}: {_measured(link, summary)}." for link in summary.links]
    reading = summary.reading
    if reading.unreadable:
        where = ", ".join(reading.where) + (" and others" if reading.unreadable > len(reading.where) else "")
        lines.append(f"{reading.unreadable:,} of {reading.lines:,} lines cannot be read and are left out: {where}.")
    if reading.without:
        lines.append(f"Lines without spans, such as metrics, left out: {reading.without:,} of {reading.lines:,}.")
    skew = digits(summary.counts["skew"] / 1e9)
    doubts = ((words.format(skew=skew), summary.counts[name]) for name, words in DOUBTS.items())
    return lines + [f"Spans {words}: {count:,}." for words, count in doubts if count]


def write(summary: Summary, folder: Path, knowledge: Knowledge) -> tuple[Table, Table]:
    """Write ``parts.csv`` and ``links.csv``, or fill what is empty in those that are there.

    No cell, row or column that is there is changed or lost, not even one that a former summary filled.

    Parameters
    ----------
    summary : Summary
    folder : pathlib.Path
        Made if it is missing.
    knowledge : Knowledge
        Whose requirements are columns of the parts, and whose thresholds propose levels.

    Returns
    -------
    (Table, Table)
        Parts and links, with how many cells were filled, and where one says something else than was measured.

    Raises
    ------
    InputError
        If a table that is there cannot be read, or one cannot be written.
    """
    parts = fill.read(folder / "parts.csv", system.part_columns(knowledge), ("id",))
    links = fill.read(folder / "links.csv", system.LINK_COLUMNS, ("from", "to"))
    # A person may have given a service an id of their own; its title then still names the service.
    ids = {row["title"]: row["id"] for row in parts.rows} | {row["id"]: row["id"] for row in parts.rows}
    new_parts = [
        {"id": ids.get(part, part), **{p.requirement: str(p.level) for p in found}, "note": _why(found, summary)}
        for part, found in proposals.propose(summary, knowledge).items()
    ]
    new_links = [
        {
            "from": ids.get(link.start, link.start),
            "to": ids.get(link.end, link.end),
            "kind": link.kind,
            "calls_per_second": _rate(link, summary),
            "note": f"Measured: {_measured(link, summary)}.",
        }
        for link in summary.links
    ]
    filled = parts.fill(new_parts, ("id",)), links.fill(new_links, ("from", "to", "kind"))
    for table in filled:
        table.save()
    return filled


def untold(knowledge: Knowledge) -> str:
    """Say which needs no span tells of, and which way those lean that spans do tell of.

    Parameters
    ----------
    knowledge : Knowledge
        Whose thresholds say what spans tell.

    Returns
    -------
    str
        One sentence; empty where there are no thresholds, or no other needs.
    """
    measured = {row.requirement for row in proposals.thresholds(knowledge)}
    others = [requirement for requirement in knowledge.requirements if requirement not in measured]
    pulls = Counter(pull for name in measured if (pull := knowledge.requirements[name].pull) in knowledge.models)
    if not others or not pulls:
        return ""
    model, most = max(pulls.items(), key=lambda pull: pull[1])
    return (
        f"No span tells of {titles(others, knowledge)}: answer those yourself before you draw a line; of the "
        f"{counted(len(measured), 'need')} that spans tell of, {most} usually "
        f"{'speaks' if most == 1 else 'speak'} for {knowledge.models[model].title.lower()}."
    )


def _part(part: MeasuredPart) -> str:
    waits, heard = counted(part.awaits, "service"), counted(part.listeners, "service")
    return (
        f"{part.id}: {counted(part.arrivals, 'arrival')}, {part.awaited:,} awaited, {part.failed:,} failed; "
        f"waits for {waits}, is heard by {heard}."
    )


def _why(found: Sequence[Proposal], summary: Summary) -> str:
    if not found:
        return ""
    levels = "; ".join(f"{proposal.requirement} {proposal.level}: {proposal.measured}" for proposal in found)
    scaled = f", a share of {summary.sampled:g} of all runs, scaled up" if summary.sampled < 1 else ""
    return f"Proposed from spans of {digits(summary.seconds)} s{scaled}. {levels}."


def _rate(link: MeasuredLink, summary: Summary) -> str:
    rate = summary.rate(link.calls)
    return "" if rate is None else digits(rate)


def _measured(link: MeasuredLink, summary: Summary) -> str:
    what = "call" if link.kind == "awaited" else "message"
    scaled = f" (scaled up from a share of {summary.sampled:g})" if summary.sampled < 1 else ""
    often = f", {rate} a second{scaled}" if (rate := _rate(link, summary)) else ""
    times = "no times"
    if link.times is not None:
        p50, p95, p99 = (digits(seconds) for seconds in (link.times.p50, link.times.p95, link.times.p99))
        after = "answered" if link.kind == "awaited" else "heard"
        times = f"half {after} within {p50} s, 95 of 100 within {p95} s, 99 of 100 within {p99} s"
    return f"{counted(link.calls, what)}{often}, {link.failed:,} failed; {times}"
