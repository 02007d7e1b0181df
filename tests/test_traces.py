"""From spans to parts, links and measures: exact figures worked out by hand, and what must not change them."""

import dataclasses
import json
import math
import random
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from order_system import SECONDS, START, Recorder, record

from decision_kit.errors import InputError
from decision_kit.telemetry import traces
from decision_kit.telemetry.traces import MeasuredLink, MeasuredPart, Summary, Times


def counted(found: Summary) -> Mapping[str, int]:
    """Give the counts that are not 0."""
    return {name: count for name, count in found.counts.items() if count}


def figures(found: Summary) -> Summary:
    """Leave out in how many lines the spans came."""
    return dataclasses.replace(found, reading=None)  # type: ignore[arg-type]


def without(path: Path, word: str) -> str:
    """Give the lines of a file that do not hold a word."""
    return "".join(line for line in path.read_text().splitlines(keepends=True) if word not in line)


def same(seconds: float) -> Times:
    return Times(seconds, seconds, seconds)


def test_the_order_system_gives_its_links_with_their_kinds_calls_failures_and_times(summary: Summary):
    assert summary.links == (
        MeasuredLink("orders", "mail", "listening", 9, 0, same(0.2)),  # sent at 100 ms, heard at 300
        MeasuredLink("orders", "payment", "awaited", 10, 1, Times(0.05, 0.05, 0.05)),  # 6 to 56 ms, refused 44
        MeasuredLink("orders", "shipping", "listening", 9, 0, same(1.9)),  # 100 to 2000 ms, in a trace of its own
        MeasuredLink("orders", "stock", "awaited", 9, 0, same(0.03)),
        MeasuredLink("shop", "orders", "awaited", 10, 1, same(0.116)),
    )


def test_the_order_system_gives_its_parts_with_what_was_measured_of_them(summary: Summary):
    run, ten, nine = same(2.5), pytest.approx(10 / SECONDS), pytest.approx(9 / SECONDS)
    assert summary.parts == (
        MeasuredPart("mail", 9, 0, 0, nine, None, run, waiting=0, awaits=0, listeners=0),
        MeasuredPart("orders", 10, 10, 1, ten, same(0.116), run, waiting=1, awaits=2, listeners=2),
        MeasuredPart("payment", 10, 10, 1, ten, same(0.05), run, waiting=2, awaits=0, listeners=0),
        MeasuredPart("shipping", 9, 0, 0, nine, None, run, waiting=0, awaits=0, listeners=0),
        MeasuredPart("shop", 10, 10, 1, ten, same(0.12), run, waiting=0, awaits=1, listeners=0),
        MeasuredPart("stock", 9, 9, 0, nine, same(0.03), run, waiting=2, awaits=0, listeners=0),
    )


def test_the_order_system_gives_its_runs_rates_and_what_is_no_link(summary: Summary):
    assert (summary.begin, summary.seconds) == (START * 10**6, SECONDS)
    assert (summary.spans, summary.runs, summary.deepest) == (9 * 12 + 5, 10, 2)
    assert summary.rate(9) == 9 / SECONDS
    assert counted(summary) == {"silent": 9}  # the calls of stock to its database


def test_a_sampled_share_scales_up_the_rates_and_nothing_else(orders: Path, summary: Summary):
    tenth = traces.summarize([orders], sampled=0.1)
    assert tenth.rate(9) == pytest.approx(90 / SECONDS)
    assert [part.busiest for part in tenth.parts] == pytest.approx([part.busiest * 10 for part in summary.parts])
    assert tenth.links == summary.links
    for share in (0, 1.1, -1, math.nan):
        with pytest.raises(InputError, match="is not a share above 0 and up to 1"):
            traces.summarize([orders], sampled=share)


@settings(max_examples=8)
@given(draw=st.randoms(use_true_random=False), cut=st.integers(0, 113))
def test_neither_the_order_of_lines_nor_the_files_they_lie_in_change_a_figure(
    draw: random.Random, cut: int, orders: Path, summary: Summary, tmp_path_factory: pytest.TempPathFactory
):
    lines = orders.read_text().splitlines(keepends=True)
    draw.shuffle(lines)
    folder = tmp_path_factory.mktemp("split")
    (folder / "a.jsonl").write_text("".join(lines[:cut]))
    (folder / "b.jsonl").write_text("".join(lines[cut:]))
    assert traces.summarize([folder]) == summary


def test_one_line_with_all_spans_says_the_same_as_a_line_for_each(orders: Path, summary: Summary, tmp_path: Path):
    spans = [one for line in orders.read_text().splitlines() for one in json.loads(line)["resourceSpans"]]
    (tmp_path / "batch.jsonl").write_text(json.dumps({"resourceSpans": spans}))
    assert figures(traces.summarize([tmp_path / "batch.jsonl"])) == figures(summary)


def test_a_span_told_twice_is_counted_once(orders: Path, summary: Summary):
    twice = traces.summarize([orders, orders])
    assert counted(twice) == {"repeated": 113, "silent": 9}
    assert (twice.parts, twice.links, twice.runs) == (summary.parts, summary.links, summary.runs)


def test_without_the_caller_its_link_is_lost_and_the_rest_stays(orders: Path, summary: Summary, tmp_path: Path):
    (tmp_path / "part.jsonl").write_text(without(orders, '"shop"'))
    part = traces.summarize([tmp_path])
    assert counted(part) == {"lost_parents": 10, "silent": 9}
    assert part.links == summary.links[:-1]
    assert part.runs == 10
    assert next(p for p in part.parts if p.id == "orders").awaited == 10


def test_a_lost_message_gives_no_link_and_breaks_the_run(orders: Path, tmp_path: Path):
    (tmp_path / "part.jsonl").write_text(without(orders, '"kind":4'))
    part = traces.summarize([tmp_path])
    assert counted(part) == {"lost_parents": 9, "lost_links": 18, "silent": 9}
    assert [(link.start, link.end) for link in part.links] == [
        ("orders", "payment"), ("orders", "stock"), ("shop", "orders"),
    ]  # fmt: skip
    assert part.runs == 10 + 9  # what shipping did belongs to no order any more
    assert traces.summarize([tmp_path, tmp_path]).counts["lost_links"] == 18


def test_a_clock_that_is_behind_is_told_and_changes_no_link(summary: Summary, tmp_path: Path):
    skewed = traces.summarize([record(tmp_path / "skewed.jsonl", {"payment": -1000, "mail": -300})])
    assert counted(skewed) == {"early": 19, "skew": 998_000_000, "silent": 9}  # begun at 8 ms, called at 6
    assert [(link.start, link.end, link.kind, link.calls) for link in skewed.links] == [
        (link.start, link.end, link.kind, link.calls) for link in summary.links
    ]
    assert skewed.links[0].times == same(0)  # heard before it was sent: no time can be told


def test_spans_in_a_circle_are_left_out_of_the_runs(orders: Path, summary: Summary, tmp_path: Path):
    def span(own: str, parent: str) -> str:
        times = {"startTimeUnixNano": str((START + 5) * 10**6), "endTimeUnixNano": str((START + 6) * 10**6)}
        told = {"traceId": "c" * 32, "spanId": own * 16, "parentSpanId": parent * 16, "kind": 1, **times}
        service = {"attributes": [{"key": "service.name", "value": {"stringValue": "mail"}}]}
        return json.dumps({"resourceSpans": [{"resource": service, "scopeSpans": [{"spans": [told]}]}]})

    around = [span("a", "b"), span("b", "d"), span("d", "a"), span("e", "a"), span("f", "f")]
    (tmp_path / "circle.jsonl").write_text("\n".join(around))
    circled = traces.summarize([orders, tmp_path / "circle.jsonl"])
    assert counted(circled) == {"circles": 5, "silent": 9}
    assert (circled.runs, circled.links) == (summary.runs, summary.links)
    alone = traces.summarize([tmp_path / "circle.jsonl"])
    assert (alone.runs, alone.parts[0].run) == (0, None)


def test_a_link_without_a_message_is_no_link_between_services(tmp_path: Path):
    recorder = Recorder(tmp_path / "related.jsonl")
    recorder.span("b", "INTERNAL", 10, 20, message=recorder.span("a", "SERVER", 0, 5))
    recorder.exporter.shutdown()
    found = traces.summarize([tmp_path / "related.jsonl"])
    assert (found.links, found.runs, counted(found)) == ((), 2, {"other_links": 1})


def test_who_takes_from_a_producer_listens_whatever_its_span_says(tmp_path: Path):
    recorder = Recorder(tmp_path / "fed.jsonl")
    recorder.span("b", "INTERNAL", 10, 20, recorder.span("a", "PRODUCER", 0, 5))
    recorder.exporter.shutdown()
    assert traces.summarize([tmp_path / "fed.jsonl"]).links == (MeasuredLink("a", "b", "listening", 1, 0, same(0.01)),)


def test_a_call_failed_if_the_caller_says_so_even_if_the_called_does_not(tmp_path: Path):
    recorder = Recorder(tmp_path / "late.jsonl")
    recorder.span("b", "SERVER", 1, 90, recorder.span("a", "CLIENT", 0, 50, failed=True))
    recorder.exporter.shutdown()
    found = traces.summarize([tmp_path / "late.jsonl"])
    assert found.links == (MeasuredLink("a", "b", "awaited", 1, 1, same(0.05)),)  # the caller gave up after 50 ms
    assert [(part.id, part.failed) for part in found.parts] == [("a", 1), ("b", 0)]


def test_who_answers_at_once_and_works_on_has_answered_when_the_caller_stops_waiting(tmp_path: Path):
    recorder = Recorder(tmp_path / "later.jsonl")
    recorder.span("b", "SERVER", 1, 20_000, recorder.span("a", "CLIENT", 0, 20))
    recorder.exporter.shutdown()
    (_, part), (link,) = (found := traces.summarize([tmp_path / "later.jsonl"])).parts, found.links
    assert part.answer == link.times == same(0.02)


def test_a_call_within_one_service_is_answered_by_itself(tmp_path: Path):
    recorder = Recorder(tmp_path / "replicas.jsonl")
    recorder.span("a", "SERVER", 1, 20, recorder.span("a", "CLIENT", 0, 30))
    recorder.exporter.shutdown()
    found = traces.summarize([tmp_path / "replicas.jsonl"])
    assert (found.links, counted(found)) == ((), {})


def test_services_that_call_each_other_in_a_circle_are_two_links(tmp_path: Path):
    recorder = Recorder(tmp_path / "circle.jsonl")
    cause = recorder.span("a", "SERVER", 0, 100)
    for at, (start, end) in enumerate((("a", "b"), ("b", "a"), ("a", "b")), 1):
        asked = recorder.span(start, "CLIENT", at, 90, cause)
        cause = recorder.span(end, "SERVER", at, 90, asked)
    recorder.exporter.shutdown()
    found = traces.summarize([tmp_path / "circle.jsonl"])
    assert [(link.start, link.end, link.calls) for link in found.links] == [("a", "b", 2), ("b", "a", 1)]
    assert [(part.id, part.waiting) for part in found.parts] == [("a", 2), ("b", 3)]
    assert (found.deepest, found.runs, counted(found)) == (3, 1, {})


def test_a_run_of_thousands_of_spans_one_below_the_other_is_climbed(tmp_path: Path):
    recorder, cause = Recorder(tmp_path / "deep.jsonl"), None
    for at in range(3000):
        cause = recorder.span(f"s{at % 2}", "INTERNAL", at, 5000, cause)
    recorder.exporter.shutdown()
    found = traces.summarize([tmp_path / "deep.jsonl"])
    assert (found.deepest, found.runs, found.parts[0].run) == (2999, 1, same(5))
    assert counted(found) == {"assumed": 2999}


@settings(max_examples=10)
@given(lengths=st.lists(st.integers(0, 10**7), min_size=1, max_size=60))
@example(lengths=list(range(1, 21)))  # 19 of 20 are 95 of 100
def test_percentiles_are_the_nearest_rank_in_three_digits(lengths: list[int], tmp_path_factory: pytest.TempPathFactory):
    recorder = Recorder(tmp_path_factory.mktemp("times") / "times.jsonl")
    for at, length in enumerate(lengths):
        recorder.span("a", "SERVER", at, at + length)
    recorder.exporter.shutdown()
    (part,) = traces.summarize([recorder.path]).parts
    assert part.answer is not None
    for share, found in ((50, part.answer.p50), (95, part.answer.p95), (99, part.answer.p99)):
        exact = sorted(lengths)[math.ceil(share * len(lengths) / 100) - 1]
        assert found * 1000 == pytest.approx(exact, rel=0.005)
        assert float(f"{found:.3g}") == found


def test_the_busiest_minute_counts_and_not_the_mean(tmp_path: Path):
    recorder = Recorder(tmp_path / "busy.jsonl")
    for at in [0, *range(60_000, 120_000, 1000), 3_599_999]:
        recorder.span("a", "SERVER", at, at + 1)
    recorder.exporter.shutdown()
    (part,) = traces.summarize([tmp_path / "busy.jsonl"]).parts
    assert part.busiest == 1
    assert part.arrivals / 3600 < 0.02


def test_a_moment_has_no_rate(tmp_path: Path):
    recorder = Recorder(tmp_path / "moment.jsonl")
    recorder.span("a", "SERVER", 0, 0)
    recorder.exporter.shutdown()
    found = traces.summarize([tmp_path / "moment.jsonl"])
    assert found.rate(1) is None
    assert found.parts[0].busiest == 1 / 60


def test_without_duckdb_one_sentence_says_how_to_install_it(orders: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(InputError, match=r"install it with: .*python.* -m pip install duckdb"):
        traces.summarize([orders])


def test_too_little_memory_is_told_in_one_sentence(orders: Path):
    with pytest.raises(InputError, match="DuckDB says"):
        traces.summarize([orders], memory="1KB")
