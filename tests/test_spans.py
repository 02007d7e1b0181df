"""Spans out of every kind of file that is read: the same spans, or one sentence why not."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from order_system import parsed

from decision_kit.errors import InputError
from decision_kit.telemetry import spans_json, traces
from decision_kit.telemetry.traces import Summary

Rows = list[dict[str, Any]]


def parquet(path: Path, rows: Rows, columns: str) -> Path:
    """Write rows as Parquet, each column by an expression of SQL."""
    text = path.parent / "rows"
    text.write_text("\n".join(json.dumps(row) for row in rows))
    told = {"traceId": "VARCHAR", "spanId": "VARCHAR", "parentSpanId": "VARCHAR", "service": "VARCHAR"}
    told |= {"kind": "INTEGER", "startTimeUnixNano": "BIGINT", "endTimeUnixNano": "BIGINT"}
    told |= {"status": "STRUCT(code INTEGER)", "links": "STRUCT(traceId VARCHAR, spanId VARCHAR)[]"}
    with duckdb.connect() as connection:
        said = f"read_json('{text}', format = 'newline_delimited', columns = {told})"
        connection.execute(f"COPY (SELECT {columns} FROM {said}) TO '{text}.parquet' (FORMAT parquet)")  # noqa: S608
    text.with_suffix(".parquet").rename(path)
    return path


KIND = "['Unspecified', 'Internal', 'Server', 'Client', 'Producer', 'Consumer'][kind + 1]"
STATUS = "CASE status.code WHEN 2 THEN 'Error' WHEN 1 THEN 'Ok' ELSE 'Unset' END"
TIME = "make_timestamp_ns(startTimeUnixNano)"
LENGTH = "endTimeUnixNano - startTimeUnixNano"
LAYOUTS = {
    "the collector's ClickHouse exporter": f"""
        {TIME} AS "Timestamp", traceId AS "TraceId", spanId AS "SpanId", coalesce(parentSpanId, '') AS "ParentSpanId",
        'work' AS "SpanName", {KIND} AS "SpanKind", service AS "ServiceName", ({LENGTH})::UBIGINT AS "Duration",
        {STATUS} AS "StatusCode", map {{'service.name': service}} AS "ResourceAttributes",
        [link.traceId FOR link IN coalesce(links, [])] AS "Links.TraceId",
        [link.spanId FOR link IN coalesce(links, [])] AS "Links.SpanId" """,
    "otlp2parquet": f"""
        {TIME} AS "Timestamp", unhex(traceId) AS "TraceId", unhex(spanId) AS "SpanId",
        unhex(parentSpanId) AS "ParentSpanId", upper({KIND}) AS "SpanKind", service AS "ServiceName",
        {LENGTH} AS "Duration", {STATUS} AS "StatusCode",
        [unhex(link.traceId) FOR link IN coalesce(links, [])] AS "Links_TraceId",
        [unhex(link.spanId) FOR link IN coalesce(links, [])] AS "Links_SpanId" """,
    "DuckDB's extension otlp": f"""
        make_timestamp(startTimeUnixNano // 1000)::TIMESTAMP_MS AS "timestamp",
        endTimeUnixNano AS end_timestamp, {LENGTH} AS duration,
        traceId AS trace_id, spanId AS span_id, parentSpanId AS parent_span_id, service AS service_name,
        kind AS span_kind, status.code AS status_code,
        to_json([{{'trace_id': link.traceId, 'span_id': link.spanId}} FOR link IN links])::VARCHAR AS links_json""",
    "Jaeger's ClickHouse storage": f"""
        spanId AS id, traceId AS trace_id, parentSpanId AS parent_span_id, lower({KIND}) AS kind, {TIME} AS start_time,
        {STATUS} AS status_code, ({LENGTH})::UBIGINT AS duration, service AS service_name,
        [{{'trace_id': link.traceId, 'span_id': link.spanId}} FOR link IN links] AS links""",
    "the names of OTLP itself": """
        traceId, spanId, parentSpanId, service AS "service.name", kind, startTimeUnixNano, endTimeUnixNano,
        status.code AS "status.code", links""",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_parquet_says_the_same_as_the_json_it_was_made_from(
    layout: str, orders: Path, summary: Summary, tmp_path: Path
):
    path = parquet(tmp_path / "spans.parquet", parsed(orders), LAYOUTS[layout])
    found = traces.summarize([path])
    assert (found.parts, found.links, found.counts) == (summary.parts, summary.links, summary.counts)
    assert (found.begin, found.end, found.runs) == (summary.begin, summary.end, summary.runs)


def test_files_of_several_kinds_and_layouts_are_one_system(orders: Path, summary: Summary, tmp_path: Path):
    rows, lines = parsed(orders), orders.read_text().splitlines(keepends=True)
    one, other = LAYOUTS["otlp2parquet"], LAYOUTS["DuckDB's extension otlp"]
    paths = [
        parquet(tmp_path / "one.parquet", rows[:30], one),
        parquet(tmp_path / "more.parquet", rows[30:50], one),
        parquet(tmp_path / "other'.parquet", rows[50:80], other),
        tmp_path / "rest.jsonl",
    ]
    paths[-1].write_text("".join(lines[80:]))
    found = traces.summarize(paths)
    assert (found.parts, found.links, found.counts) == (summary.parts, summary.links, summary.counts)


def jaeger(rows: Rows) -> dict[str, Any]:
    """Say spans as Jaeger's download does: by trace, in microseconds, a link as a reference that is no parent."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        trace = found.setdefault(row["traceId"], {"traceID": row["traceId"], "spans": [], "processes": {}})
        process = f"p-{row['service']}"
        trace["processes"][process] = {"serviceName": row["service"], "tags": []}
        start, stop = int(row["startTimeUnixNano"]) // 1000, int(row["endTimeUnixNano"]) // 1000
        references = [
            {"refType": "CHILD_OF", "traceID": row["traceId"], "spanID": parent}
            for parent in [row.get("parentSpanId")]
            if parent
        ] + [
            {"refType": "FOLLOWS_FROM", "traceID": link["traceId"], "spanID": link["spanId"]}
            for link in row.get("links", [])
        ]
        kind = ["unspecified", "internal", "server", "client", "producer", "consumer"][row["kind"]]
        tags = [{"key": "span.kind", "type": "string", "value": kind}]
        tags += [{"key": "error", "type": "bool", "value": True}] if row["status"].get("code") == 2 else []
        told = {"traceID": row["traceId"], "spanID": row["spanId"], "operationName": "work", "processID": process}
        trace["spans"].append(
            told | {"references": references, "startTime": start, "duration": stop - start, "tags": tags}
        )
    return {"data": list(found.values()), "total": 0, "errors": None}


@pytest.mark.parametrize("indent", [None, 2], ids=["on one line", "over many lines"])
def test_what_jaeger_gives_for_download_says_the_same(
    indent: int | None, orders: Path, summary: Summary, tmp_path: Path
):
    (tmp_path / "jaeger.json").write_text(json.dumps(jaeger(parsed(orders)), indent=indent))
    found = traces.summarize([tmp_path / "jaeger.json"])
    assert found == dataclasses.replace(summary, reading=found.reading)
    assert (found.reading.lines, found.reading.unreadable) == (1, 0)


def test_kinds_and_errors_may_be_names_and_times_numbers(orders: Path, summary: Summary, tmp_path: Path):
    text = orders.read_text()
    for number, name in enumerate(("UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER")):
        text = text.replace(f'"kind":{number}', f'"kind":"SPAN_KIND_{name}"')
    text = text.replace('"code":2', '"code":"STATUS_CODE_ERROR"')
    lines = [json.loads(line) for line in text.splitlines()]
    for line in lines:
        span = line["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
        span["startTimeUnixNano"] = int(span["startTimeUnixNano"])
    (tmp_path / "names.jsonl").write_text("\n".join(map(json.dumps, lines)))
    assert traces.summarize([tmp_path / "names.jsonl"]) == summary


def test_fields_that_otlp_does_not_have_are_ignored(orders: Path, summary: Summary, tmp_path: Path):
    lines = [json.loads(line) for line in orders.read_text().splitlines()]
    for at, line in enumerate(lines):
        (resource,) = line["resourceSpans"]
        resource["scopeSpans"][0]["spans"][0]["novelty"] = {"deep": [1, 2]}
        if at < 3:
            line["hint"] = resource["weather"] = resource["scopeSpans"][0]["mood"] = None
    (tmp_path / "new.jsonl").write_text("\n".join(map(json.dumps, lines)))
    assert traces.summarize([tmp_path / "new.jsonl"]) == summary


def test_a_file_that_is_cut_off_loses_its_last_line_and_says_which(orders: Path, tmp_path: Path):
    text = orders.read_text()
    (tmp_path / "cut.jsonl").write_text(text[:-50])  # the payment that was refused
    found = traces.summarize([tmp_path / "cut.jsonl"])
    assert (found.reading.unreadable, found.reading.where) == (1, ("line 113 of cut.jsonl",))
    assert (found.reading.lines, found.spans) == (113, 112)
    assert found.links[1].calls == 9


ODD = (b'{"resourceSp', b"\xff\xfe", b"\x00\x00", b"17", b'"text"', b"null", b"[]", b"[" * 100_000,
       b'{"resourceSpans": 3}', b'{"resourceSpans": [{"scopeSpans": [{"spans": ["x"]}]}]}',
       b'{"resourceSpans": [{"resource": {"attributes": [{}]}}]}', b'{"data": [{}]}', b'{"data": null}')  # fmt: skip


@pytest.mark.parametrize("line", ODD)
def test_a_line_of_anything_else_cannot_be_read(line: bytes, tmp_path: Path):
    (tmp_path / "odd.jsonl").write_bytes(b"\n\n{}\n" + line + b"\n{}\n")
    reading = spans_json.write([tmp_path / "odd.jsonl"], tmp_path / "spans.csv", tmp_path / "links.csv")
    assert (reading.lines, reading.unreadable, reading.where) == (3, 1, ("line 4 of odd.jsonl",))


def test_lines_that_cannot_be_read_are_left_out_and_counted_and_the_first_are_named(
    orders: Path, summary: Summary, tmp_path: Path
):
    (tmp_path / "odd.jsonl").write_bytes(b"\n".join([*ODD, orders.read_bytes()]))
    found = traces.summarize([tmp_path / "odd.jsonl"])
    assert (found.reading.unreadable, len(ODD)) == (13, 13)
    assert found.reading.where == tuple(f"line {number} of odd.jsonl" for number in range(1, 6))
    assert found == dataclasses.replace(summary, reading=found.reading)


def test_a_file_of_utf_16_is_refused_as_a_whole(orders: Path, tmp_path: Path):
    (path := tmp_path / "powershell.jsonl").write_text(orders.read_text(), encoding="utf-16")
    with pytest.raises(InputError) as told:
        traces.summarize([path])
    assert str(told.value) == f"{path}: is UTF-16, as Excel and PowerShell may write it; save the file as UTF-8."


def test_lines_of_metrics_hold_no_spans(orders: Path, tmp_path: Path):
    (tmp_path / "mixed.jsonl").write_text('{"resourceMetrics": [{}]}\n{"resourceSpans": []}\n' + orders.read_text())
    reading = traces.summarize([tmp_path / "mixed.jsonl"]).reading
    assert (reading.without, reading.unreadable) == (2, 0)


def change(orders: Path, path: Path, how: Callable[[int, dict[str, Any]], object]) -> Summary:
    """Change each resource with its one span, by its number, and summarize."""
    lines = [json.loads(line) for line in orders.read_text().splitlines()]
    for at, line in enumerate(lines):
        how(at, line["resourceSpans"][0])
    path.write_text("\n".join(map(json.dumps, lines)))
    return traces.summarize([path])


def test_a_span_without_trace_id_or_beginning_is_left_out(orders: Path, tmp_path: Path):
    bad = [("traceId", ""), ("traceId", "0" * 32), ("spanId", None), ("spanId", "0" * 16), ("startTimeUnixNano", "0"),
           ("startTimeUnixNano", "soon"), ("startTimeUnixNano", "9" * 30)]  # fmt: skip

    def spoil(at: int, resource: dict[str, Any]) -> None:
        resource["scopeSpans"][0]["spans"][0].update([bad[at]] if at < len(bad) else [])

    found = change(orders, tmp_path / "x.jsonl", spoil)
    assert (found.counts["unusable"], found.spans) == (7, 106)


def test_a_span_without_an_end_is_counted_but_not_timed(orders: Path, tmp_path: Path):
    def stop(at: int, resource: dict[str, Any]) -> None:  # none yet, before the start, missing
        resource["scopeSpans"][0]["spans"][0]["endTimeUnixNano"] = ("0", "1795600000000000000", None)[at % 3]

    found = change(orders, tmp_path / "x.jsonl", stop)
    assert (found.counts["endless"], found.spans) == (113, 113)
    assert [link.calls for link in found.links] == [9, 10, 9, 9, 10]
    assert [link.times is None for link in found.links] == [False, True, False, True, True]  # begins are known


def test_services_without_a_name_are_gathered_under_the_name_opentelemetry_gives_them(orders: Path, tmp_path: Path):
    def unname(_: int, resource: dict[str, Any]) -> None:
        if "mail" in json.dumps(resource["resource"]):
            del resource["resource"]

    found = change(orders, tmp_path / "x.jsonl", unname)
    assert found.counts["nameless"] == 9
    assert [part.id for part in found.parts][-1] == "unknown_service"
    assert ("orders", "unknown_service") in [(link.start, link.end) for link in found.links]


def test_two_services_of_one_name_in_two_namespaces_are_two_parts(orders: Path, tmp_path: Path):
    def gather(_: int, resource: dict[str, Any]) -> None:
        (service,) = (a for a in resource["resource"]["attributes"] if a["key"] == "service.name")
        space = {"key": "service.namespace", "value": {"stringValue": service["value"]["stringValue"]}}
        service["value"] = {"stringValue": "api"}
        resource["resource"]["attributes"].append(space)

    found = change(orders, tmp_path / "x.jsonl", gather)
    assert [part.id for part in found.parts] == [
        f"{space}/api" for space in ("mail", "orders", "payment", "shipping", "shop", "stock")
    ]
    assert found.counts["silent"] == 9


def test_any_text_may_be_an_id_or_a_name(orders: Path, summary: Summary, tmp_path: Path):
    text = orders.read_text().replace('"mail"', json.dumps('ma"il,\n\x00;\ud800'))
    for row in parsed(orders)[:40]:
        text = text.replace(row["traceId"], "not hex, " + row["traceId"]).replace(row["spanId"], row["spanId"] + "==")
    (tmp_path / "odd.jsonl").write_text(text)
    found = traces.summarize([tmp_path / "odd.jsonl"])
    assert [link.calls for link in found.links] == [link.calls for link in summary.links]
    assert found.counts == summary.counts
    assert found.parts[0].id == 'ma"il,\\n\\x00;\\ud800'


def test_an_id_may_lack_its_leading_zeros(orders: Path, summary: Summary, tmp_path: Path):
    lines = orders.read_text().splitlines(keepends=True)
    for trace in {row["traceId"] for row in parsed(orders)}:
        lines = [line.replace(trace, trace[16:] if at % 2 else "0" * 16 + trace[16:]) for at, line in enumerate(lines)]
    (tmp_path / "short.jsonl").write_text("".join(lines))
    assert traces.summarize([tmp_path / "short.jsonl"]) == summary


def test_a_folder_is_read_with_the_folders_in_it(orders: Path, summary: Summary, tmp_path: Path):
    (tmp_path / "2026" / "11").mkdir(parents=True)
    (tmp_path / "2026" / "11" / "spans.ndjson").write_bytes(orders.read_bytes())
    (tmp_path / "readme.txt").write_text("nothing")
    assert traces.summarize([tmp_path]) == summary


def cut(orders: Path, folder: Path) -> Path:
    path = parquet(folder / "cut.parquet", parsed(orders), LAYOUTS["otlp2parquet"])
    path.write_bytes(path.read_bytes()[:-20])
    return path


def lacking(orders: Path, folder: Path) -> Path:
    return parquet(folder / "no-kind.parquet", parsed(orders), LAYOUTS["otlp2parquet"].replace("SpanKind", "Sort"))


def seconds(orders: Path, folder: Path) -> Path:
    layout = LAYOUTS["the names of OTLP itself"].replace("startTimeUnixNano", "startTimeUnixNano / 1e9 AS start")
    return parquet(folder / "seconds.parquet", parsed(orders), layout)


def no_spans(_: Path, folder: Path) -> Path:
    (folder / "none.jsonl").write_text("a,b\n1,2\n")
    return folder / "none.jsonl"


def no_file(_: Path, folder: Path) -> Path:
    return folder / "missing.jsonl"


def no_files(_: Path, folder: Path) -> Path:
    return folder


@pytest.mark.parametrize(
    ("make", "told"),
    [(cut, "cut.parquet: is not a whole Parquet file"),
     (lacking, r"no-kind.parquet: has no column for the kind of a span; it would be called spankind or kind"),
     (seconds, 'seconds.parquet, column "start": DOUBLE is not a timestamp or a number of nanoseconds'),
     (no_spans, "hold no span that can be used"),
     (no_file, "missing.jsonl: cannot be read \\(no such file or directory\\)"),
     (no_files, "holds no file that ends in .json, .jsonl, .ndjson, .parquet")],
)  # fmt: skip
def test_what_cannot_be_read_gives_one_sentence(
    make: Callable[[Path, Path], Path], told: str, orders: Path, tmp_path: Path
):
    with pytest.raises(InputError, match=told) as raised:
        traces.summarize([make(orders, tmp_path)])
    assert "\n" not in str(raised.value)
