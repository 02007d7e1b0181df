"""Ten million spans in Parquet are summarized within 2 GB of memory, exactly."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

RUNS = 1_000_000
GIB = 2**20
"""In the unit in which Linux tells the memory of a process, KiB."""

# What each run does: number, number of the span above, service, kind, start and length in ms. The message is heard
# in the same trace and, through a link, in one of its own.
STEPS = (
    (0, -1, "shop", "Server", 0, 100),
    (1, 0, "shop", "Client", 1, 98),
    (2, 1, "orders", "Server", 2, 95),
    (3, 2, "orders", "Client", 3, 40),
    (4, 3, "payment", "Server", 4, 38),
    (5, 2, "orders", "Client", 45, 20),
    (6, 5, "stock", "Server", 46, 18),
    (7, 2, "orders", "Producer", 70, 2),
    (8, 7, "mail", "Consumer", 200, 30),
    (9, -1, "shipping", "Consumer", 5000, 50),
)


def generate(folder: Path) -> None:
    """Write the spans as ClickHouse would give them, a file for each step, so that a run lies in ten files."""
    with duckdb.connect(config={"memory_limit": "1GB", "preserve_insertion_order": False}) as connection:
        for number, above, service, kind, start, length in STEPS:
            trace = "md5(run::VARCHAR)" if number < 9 else "md5('own' || run)"
            parent = "''" if above < 0 else f"substr(md5('{above} ' || run), 1, 16)"
            links = ("[]", "[]") if number < 9 else ("[md5(run::VARCHAR)]", "[substr(md5('7 ' || run), 1, 16)]")
            connection.execute(f"""
                COPY (
                    SELECT make_timestamp_ns(1_795_600_800_000_000_000 + run * 10_000_000 + {start} * 1_000_000::BIGINT)
                            AS "Timestamp",
                        {trace} AS "TraceId", substr(md5('{number} ' || run), 1, 16) AS "SpanId",
                        {parent} AS "ParentSpanId", '{kind}' AS "SpanKind", '{service}' AS "ServiceName",
                        {length} * 1_000_000::UBIGINT AS "Duration", 'Unset' AS "StatusCode",
                        {links[0]}::VARCHAR[] AS "Links.TraceId", {links[1]}::VARCHAR[] AS "Links.SpanId"
                    FROM range({RUNS}) AS runs(run)
                ) TO '{folder / f"{number}.parquet"}' (COMPRESSION zstd)""")  # noqa: S608


@pytest.mark.long
def test_ten_million_spans_are_summarized_within_two_gigabytes(tmp_path: Path):
    (tmp_path / "spans").mkdir()
    generate(tmp_path / "spans")
    command = ["-m", "decision_kit.cli", "summarize", str(tmp_path / "spans"), "--to", str(tmp_path / "system")]
    with (
        (tmp_path / "told.txt").open("w") as told,
        subprocess.Popen([sys.executable, *command], stdout=told) as process,
    ):
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    lines = (tmp_path / "told.txt").read_text().splitlines()
    print(f"{used.ru_maxrss / GIB:.2f} GiB, {used.ru_utime + used.ru_stime:.0f} s of processor time")  # noqa: T201
    assert used.ru_maxrss < 2 * GIB
    assert lines[0].startswith("10,000,000 spans, 6 services, and 1,000,000 runs, seen for 10000 s")
    assert not [line for line in lines if line.startswith("Spans ")]  # none is doubtful
    with (tmp_path / "system" / "links.csv").open(newline="") as stream:
        links = [(row["from"], row["to"], row["calls_per_second"], row["kind"]) for row in csv.DictReader(stream)]
    rate = "99.9"  # a million in 10,005.04 s
    assert links == [
        ("orders", "mail", rate, "listening"),
        ("orders", "payment", rate, "awaited"),
        ("orders", "shipping", rate, "listening"),
        ("orders", "stock", rate, "awaited"),
        ("shop", "orders", rate, "awaited"),
    ]
    assert sum("1,000,000 calls" in line or "1,000,000 messages" in line for line in lines) == 5
