"""From recorded spans to the parts of a system, the links between them, and what can be measured of both.

A **part** is a service. A **link** joins two services: *awaited* where a span of the one is the parent of a span of
the other, *listening* where one of the two sends or receives a message; a message may also be told by a span link,
and reaches a service once however many spans tell it. A **run** is a trace together with the traces that messages
start from it.

Everything is counted in DuckDB, in tables on disk: memory holds no more than is allowed, whatever the number of spans,
and neither the order of the spans nor the files they lie in change a figure. Percentiles are exact to the three digits
shown, by nearest rank: values are rounded, which keeps their order, and counted.
"""

import contextlib
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from decision_kit import extras
from decision_kit.errors import InputError
from decision_kit.telemetry import spans, traces_tables
from decision_kit.telemetry.spans_json import Reading

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY = "1GB"
"""What DuckDB may hold; the process needs about a third more."""


@dataclass(frozen=True)
class Times:
    """Percentiles of a time, each in seconds."""

    p50: float
    p95: float
    p99: float


@dataclass(frozen=True)
class MeasuredPart:
    """One service as measured.

    Attributes
    ----------
    id : str
        Its name.
    arrivals, awaited, failed : int
        How often work came in (a call, a message, or a beginning of its own), how often somebody waited for that,
        and how often it ended in an error.
    busiest : float
        Arrivals a second in the busiest minute, or in all of the time where that was shorter.
    answer : Times or None
        How long it took to answer those who waited; ``None`` if nobody did.
    run : Times or None
        How long the runs it takes part in lasted; ``None`` if its spans belong to none.
    waiting : int
        How many callers at most stood waiting one behind the other when work came in.
    awaits, listeners : int
        How many services it waits for, and how many listen to it.
    """

    id: str
    arrivals: int
    awaited: int
    failed: int
    busiest: float
    answer: Times | None
    run: Times | None
    waiting: int
    awaits: int
    listeners: int


@dataclass(frozen=True)
class MeasuredLink:
    """One service calls another (``"awaited"``) or is heard by it (``"listening"``).

    ``calls`` is how often and ``failed`` how often that ended in an error; ``times`` is how long a caller waited, or
    how long after a message was sent the listener began, and ``None`` where no span tells.
    """

    start: str
    end: str
    kind: str
    calls: int
    failed: int
    times: Times | None


@dataclass(frozen=True)
class Summary:
    """What files of spans say; made by :func:`summarize`.

    Attributes
    ----------
    begin, end : int
        The time observed, in nanoseconds since 1970.
    sampled : float
        The share of all runs that was recorded, as stated; rates are scaled up by it.
    spans, runs : int
        How many there are.
    deepest : int
        The most links one behind the other in one run.
    parts : tuple of MeasuredPart
    links : tuple of MeasuredLink
        Both in the order of their names.
    reading : Reading
        What became of the lines of JSON.
    counts : mapping of str to int
        How many spans or links were left out or are doubtful, by the names in ``COUNTS``; ``skew`` is the most that
        a span began before its cause, in nanoseconds.
    """

    begin: int
    end: int
    sampled: float
    spans: int
    runs: int
    deepest: int
    parts: tuple[MeasuredPart, ...]
    links: tuple[MeasuredLink, ...]
    reading: Reading
    counts: Mapping[str, int]

    @property
    def seconds(self) -> float:
        """How long was observed."""
        return (self.end - self.begin) / 1e9

    def rate(self, calls: int) -> float | None:
        """Turn a number of calls into calls a second; ``None`` where no time passed."""
        return calls / self.sampled / self.seconds if self.end > self.begin else None


def summarize(paths: Iterable[Path | str], *, sampled: float = 1, memory: str = MEMORY) -> Summary:
    """Summarize files of spans.

    Parameters
    ----------
    paths : iterable of pathlib.Path or str
        Files or folders, see :mod:`decision_kit.telemetry.spans`.
    sampled : float
        The share of all runs that was recorded, above 0 and at most 1.
    memory : str
        What DuckDB may hold, such as ``"1GB"``. What does not fit goes to a temporary folder, as do the tables: about
        100 bytes for each span.

    Raises
    ------
    InputError
        If DuckDB is not installed, a file cannot be read, there are no spans, or disk or memory do not suffice.
    """
    if not 0 < sampled <= 1:
        raise InputError(f"sampled: {sampled} is not a share above 0 and up to 1.")
    with tempfile.TemporaryDirectory(prefix="decision-kit-") as folder, _database(Path(folder), memory) as connection:
        reading = spans.read(paths, connection, Path(folder))
        traces_tables.build(connection)
        return _summary(connection, reading, sampled)


@contextlib.contextmanager
def _database(folder: Path, memory: str) -> "Iterator[DuckDBPyConnection]":
    duckdb = extras.need("duckdb", "a summary of spans")
    try:
        with duckdb.connect(
            folder / "spans.duckdb",
            config={
                "memory_limit": memory,
                "temp_directory": str(folder),
                "preserve_insertion_order": False,  # no figure depends on it
                "autoinstall_known_extensions": False,  # nothing is fetched from anywhere
            },
        ) as database:
            yield database
    except duckdb.Error as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"the spans cannot be summarized: DuckDB says {reason!r}.") from None


def _summary(connection: "DuckDBPyConnection", reading: Reading, sampled: float) -> Summary:
    told = connection.execute("FROM counts")
    counts = dict(zip((column for column, *_ in told.description or ()), told.fetchone() or (), strict=True))
    begin, end, recorded, runs, deepest = (counts.pop(name) for name in ("begin", "finish", "spans", "runs", "deepest"))
    if not recorded:
        raise InputError(
            "the files hold no span that can be used; needed are OTLP as JSON lines, Jaeger's JSON or Parquet."
        )
    times = {
        (what, start, end): Times(*(value / 1e9 for value in values))
        for what, start, end, *values in connection.execute("FROM percentiles").fetchall()
    }
    links = tuple(
        MeasuredLink(start, end, kind, calls, failed, times.get((kind, start, end)))
        for start, end, kind, calls, failed in connection.execute("FROM pairs").fetchall()
    )
    ends = Counter((link.start, link.kind) for link in links)
    mean = 1e9 / (end - begin) if end > begin else 0
    parts = tuple(
        MeasuredPart(
            id=name,
            arrivals=arrivals,
            awaited=awaited,
            failed=failed,
            busiest=max(busiest / 60, arrivals * mean) / sampled,
            answer=times.get(("answer", name, name)),
            run=times.get(("run", name, name)),
            waiting=waiting,
            awaits=ends[name, "awaited"],
            listeners=ends[name, "listening"],
        )
        for name, arrivals, awaited, failed, busiest, waiting in connection.execute("FROM parts").fetchall()
    )
    return Summary(begin, end, sampled, recorded, runs, deepest, parts, links, reading, counts)
