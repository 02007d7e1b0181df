"""A summary in words and as tables: what a person wrote stays, what is empty is filled, nothing is lost."""

import csv
import dataclasses
import json
from pathlib import Path

import pytest

from decision_kit import Knowledge, cli, knowledge
from decision_kit.telemetry.summary import DOUBTS, told, untold
from decision_kit.telemetry.traces import Summary


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def written(orders: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Write the tables of the order system into a folder that is not there yet."""
    assert cli.main(["summarize", str(orders), "--to", str(tmp_path / "mine")]) == 0
    capsys.readouterr()
    return tmp_path / "mine"


def test_the_command_writes_parts_and_links_and_says_what_it_found(
    orders: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert cli.main(["summarize", str(orders), "--to", str(tmp_path)]) == 0
    printed = capsys.readouterr().out.splitlines()
    awaited = "half answered within {0} s, 95 of 100 within {0} s, 99 of 100 within {0} s."
    heard = awaited.replace("answered", "heard")
    assert printed == [
        "113 spans, 6 services, and 10 runs, seen for 54.1 s from 2026-11-25 10:00:00 UTC on.",
        "No run passes more than 2 links one behind the other.",
        "mail: 9 arrivals, 0 awaited, 0 failed; waits for 0 services, is heard by 0 services.",
        "orders: 10 arrivals, 10 awaited, 1 failed; waits for 2 services, is heard by 2 services.",
        "payment: 10 arrivals, 10 awaited, 1 failed; waits for 0 services, is heard by 0 services.",
        "shipping: 9 arrivals, 0 awaited, 0 failed; waits for 0 services, is heard by 0 services.",
        "shop: 10 arrivals, 10 awaited, 1 failed; waits for 1 service, is heard by 0 services.",
        "stock: 9 arrivals, 9 awaited, 0 failed; waits for 0 services, is heard by 0 services.",
        f"orders to mail, listening: 9 messages, 0.166 a second, 0 failed; {heard.format(0.2)}",
        f"orders to payment, awaited: 10 calls, 0.185 a second, 1 failed; {awaited.format(0.05)}",
        f"orders to shipping, listening: 9 messages, 0.166 a second, 0 failed; {heard.format(1.9)}",
        f"orders to stock, awaited: 9 calls, 0.166 a second, 0 failed; {awaited.format(0.03)}",
        f"shop to orders, awaited: 10 calls, 0.185 a second, 1 failed; {awaited.format(0.116)}",
        "Spans to something that records no spans, such as a database, which is no part: 9.",
        untold(knowledge.load()),
        "53 cells filled in:",
        str(tmp_path / "parts.csv"),
        str(tmp_path / "links.csv"),
    ]


def test_the_parts_have_the_levels_proposed_and_the_measurements_as_the_note(written: Path):
    parts = {row["id"]: row for row in rows(written / "parts.csv")}
    asked = list(knowledge.load().requirements)
    assert list(parts["shop"]) == ["id", "title", *asked, "team", "context", "critical_path", "model", "note"]
    assert list(parts) == ["mail", "orders", "payment", "shipping", "shop", "stock"]
    levels = {requirement: level for requirement in asked if (level := parts["mail"][requirement])}
    assert levels == {"throughput_scale": "1", "latency_responsiveness": "0"}
    assert parts["mail"]["note"] == (
        "Proposed from spans of 54.1 s. throughput_scale 1: 0.166 arrivals a second in the busiest minute; "
        "latency_responsiveness 0: nobody waits for 100 of 100 arrivals."
    )


def test_the_links_have_their_rate_and_kind_and_the_measurements_as_the_note(written: Path):
    links = rows(written / "links.csv")
    assert [list(row.values())[:5] for row in links] == [
        ["orders", "mail", "0.166", "listening", ""],
        ["orders", "payment", "0.185", "awaited", ""],
        ["orders", "shipping", "0.166", "listening", ""],
        ["orders", "stock", "0.166", "awaited", ""],
        ["shop", "orders", "0.185", "awaited", ""],
    ]
    assert links[1]["note"] == (
        "Measured: 10 calls, 0.185 a second, 1 failed; "
        "half answered within 0.05 s, 95 of 100 within 0.05 s, 99 of 100 within 0.05 s."
    )


def test_a_second_time_no_byte_changes(written: Path, orders: Path, capsys: pytest.CaptureFixture[str]):
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in written.iterdir()}
    assert cli.main(["summarize", str(orders), "--to", str(written)]) == 0
    assert "0 cells filled in:" in capsys.readouterr().out
    assert {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in written.iterdir()} == before


def test_what_a_person_wrote_stays_and_what_else_was_measured_is_told(
    orders: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "parts.csv").write_text(
        "owner,id,latency_responsiveness,title,note,audit_visibility\n"
        'billing,payment,4,Payment,"asked the bank, twice",3\n'
        "depots,warehouse,,Warehouse,,\n"
        "depots,depot,1,stock,,\n"
    )
    (tmp_path / "links.csv").write_text(
        "from,to,kind,calls_per_second,undone_together\norders,payment,awaited,7,yes\norders,depot,,,no\n"
    )
    assert cli.main(["summarize", str(orders), "--to", str(tmp_path)]) == 0
    parts = {row["id"]: row for row in rows(tmp_path / "parts.csv")}
    assert list(parts) == ["payment", "warehouse", "depot", "mail", "orders", "shipping", "shop"]
    payment = parts["payment"]
    assert [payment[name] for name in ("owner", "latency_responsiveness", "note", "audit_visibility")] == [
        "billing", "4", "asked the bank, twice", "3",
    ]  # fmt: skip
    assert (payment["fault_isolation"], payment["throughput_scale"]) == ("3", "1")
    assert [parts["warehouse"][name] for name in ("owner", "title", "throughput_scale")] == ["depots", "Warehouse", ""]
    assert (parts["depot"]["title"], parts["depot"]["throughput_scale"]) == ("stock", "1")  # the service of that title
    links = rows(tmp_path / "links.csv")
    assert [list(row.values())[:5] for row in links[:2]] == [
        ["orders", "payment", "awaited", "7", "yes"], ["orders", "depot", "awaited", "0.166", "no"],
    ]  # fmt: skip
    assert len(links) == 5
    printed = capsys.readouterr().out
    assert "parts.csv, payment: latency_responsiveness stays 4, measured is 2.\n" in printed
    assert "parts.csv, depot: latency_responsiveness stays 1, measured is 2.\n" in printed
    assert "links.csv, orders payment awaited: calls_per_second stays 7, measured is 0.185.\n" in printed
    assert printed.count(" stays ") == 3


def test_a_table_of_links_of_ends_alone_is_filled(orders: Path, tmp_path: Path):
    (tmp_path / "links.csv").write_text("from,to\norders,payment\n")
    assert cli.main(["summarize", str(orders), "--to", str(tmp_path)]) == 0
    links = rows(tmp_path / "links.csv")
    assert (links[0]["from"], links[0]["to"], links[0]["kind"]) == ("orders", "payment", "awaited")
    assert len(links) == 5


def test_what_no_span_tells_of_is_said_and_which_way_the_rest_leans(small: Knowledge):
    said = untold(knowledge.load())
    assert said.startswith("No span tells of strict ordering, undo and consistency, audit and visibility, ")
    assert said.endswith("of the 5 needs that spans tell of, 3 usually speak for choreography.")
    assert untold(small) == ""


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("parts.csv", "name,title\nx,y\n", "parts.csv: the column 'id' is missing"),
        ("parts.csv", "id,title,title\nx,y,z\n", "parts.csv: the column 'title' stands twice"),
        ("links.csv", "from,to,kind\na,b\n", "links.csv, row 2: has not as many cells as the header"),
        ("links.csv", 'from,to,kind\na,"b\n', "links.csv, row"),
    ],
)
def test_a_table_that_cannot_be_read_is_told_and_nothing_is_written(
    name: str, text: str, said: str, orders: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / name).write_text(text)
    assert cli.main(["summarize", str(orders), "--to", str(tmp_path)]) == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err.count("\n")) == ("", 1)
    assert said in printed.err
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(name, text)]


def test_the_command_scales_a_sampled_share_up_and_says_so_wherever_it_shows_a_rate(
    orders: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert cli.main(["summarize", str(orders), "--to", str(tmp_path), "--sampled", "0.01"]) == 0
    assert "A share of 0.01 of all runs was recorded, as you say" in capsys.readouterr().out
    link, part = rows(tmp_path / "links.csv")[1], rows(tmp_path / "parts.csv")[1]
    assert link["calls_per_second"] == "18.5"
    assert link["note"].startswith("Measured: 10 calls, 18.5 a second (scaled up from a share of 0.01), 1 failed; ")
    assert part["note"].startswith("Proposed from spans of 54.1 s, a share of 0.01 of all runs, scaled up. ")


def test_bad_spans_give_one_sentence_and_exit_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["summarize", str(tmp_path / "none.jsonl"), "--to", str(tmp_path / "to")]) == 2
    printed = capsys.readouterr()
    assert printed.err == f"decision-kit: {tmp_path}/none.jsonl: cannot be read (no such file or directory).\n"
    assert list(tmp_path.iterdir()) == []


def test_everything_left_out_or_doubtful_is_said_with_its_number(summary: Summary):
    counts = dict.fromkeys(summary.counts, 0) | {name: at for at, name in enumerate(DOUBTS, 1)} | {"skew": 1_500_000}
    reading = dataclasses.replace(
        summary.reading,
        lines=1234,
        unreadable=6,
        where=("line 1 of a", "line 9 of b"),
        without=2,
    )
    lines = told(dataclasses.replace(summary, counts=counts, reading=reading))
    assert "6 of 1,234 lines cannot be read and are left out: line 1 of a, line 9 of b and others." in lines
    assert "Lines without spans, such as metrics, left out: 2 of 1,234." in lines
    assert [line.rpartition(": ")[2] for line in lines if line.startswith("Spans ")] == [f"{n}." for n in range(1, 12)]
    assert any("by up to 0.0015 s" in line for line in lines)


def test_what_is_written_is_read_as_a_system(written: Path, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["boundary", str(written / "parts.csv"), str(written / "links.csv"), "--json"]) == 0
    drawn = json.loads(capsys.readouterr().out)
    assert set(drawn["assignment"]) == {"mail", "orders", "payment", "shipping", "shop", "stock"}
