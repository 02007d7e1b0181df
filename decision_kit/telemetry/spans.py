"""Recorded spans, out of whichever file they lie in, as two views in DuckDB that always look alike.

``raw`` has one row for each span: ``trace`` (UUID), ``span`` and ``parent`` (UBIGINT), ``service`` (text), ``kind``
(the number OpenTelemetry gives it, its place in ``KINDS``), ``start`` and ``stop`` (BIGINT, nanoseconds since 1970)
and ``failed``. ``raw_links`` has one row for each link of a span to another: ``trace``, ``span``, ``to_trace``,
``to_span``. What a file does not say, or not so that it can be used, is NULL; a service without a name is called
``unknown_service``, as OpenTelemetry does.

Three kinds of files are read:

* OTLP as JSON lines, one ``ExportTraceServiceRequest`` each, as the file exporter of the OpenTelemetry collector
  writes them (https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/). Read line by line.
* The JSON that Jaeger gives for download, ``{"data": [{"spans": ..., "processes": ...}]}``. Read whole.
* Parquet with one row for each span and columns named as in the tables of the collector's ClickHouse exporter, of
  otlp2parquet, of DuckDB's extension ``otlp`` or of Jaeger's ClickHouse storage (see ``COLUMNS``). Never read whole.
  The related tables of OTel-Arrow and the nested blocks of Grafana Tempo are not read.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from decision_kit import files
from decision_kit.errors import InputError
from decision_kit.telemetry import spans_json
from decision_kit.telemetry.spans_json import Reading

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

KINDS = ("unspecified", "internal", "server", "client", "producer", "consumer")
"""Kinds of spans in the order of OpenTelemetry's numbers."""

ENDINGS = (".json", ".jsonl", ".ndjson", ".parquet")
"""Files that are read out of a folder."""

COLUMNS = {
    "trace": ("traceid",),
    "span": ("spanid", "id"),
    "parent": ("parentspanid",),
    "service": ("servicename", "service"),
    "kind": ("spankind", "kind"),
    "start": ("starttimeunixnano", "starttime", "timestamp", "start"),
    "stop": ("endtimeunixnano", "endtime", "endtimestamp", "end"),
    "duration": ("duration", "durationnano", "durationnanos"),
    "status": ("statuscode", "status"),
    "links": ("links", "linksjson"),
    "link_traces": ("linkstraceid",),
    "link_spans": ("linksspanid",),
}
"""How Parquet files name a column, in small letters and digits alone. Times are timestamps, or nanoseconds as whole
numbers; so are durations. Links are a list of structures, the same as JSON text, or two lists of ids."""

_SPAN = ("trace", "span", "parent", "service", "kind", "start", "stop", "status")
_LINK = ("trace", "span", "to_trace", "to_span")
# Without nullif DuckDB 2.0 lets the reader of the CSV do the cast, which then is no attempt any more but an error.
_WHOLE = "try_cast(nullif(start, '') AS BIGINT) AS start, try_cast(nullif(stop, '') AS BIGINT) AS stop"

# Ids become numbers, which take less room: hexadecimal ones exactly, all others by MD5. All zeros are no id.
_VIEWS = f"""
CREATE MACRO trace_key(id) AS nullif(
    coalesce(try_cast(CASE WHEN length(id) < 32 THEN lpad(id, 32, '0') ELSE id END AS UUID), md5(id)::UUID),
    '00000000-0000-0000-0000-000000000000'::UUID);
CREATE MACRO span_key(id) AS nullif(coalesce(try_cast('0x' || id AS UBIGINT), md5_number_lower(id)), 0);
CREATE MACRO kind_key(kind) AS coalesce(
    nullif(list_position({list(KINDS)}, replace(lower(kind), 'span_kind_', '')), 0) - 1,
    try_cast(kind AS UTINYINT), 0)::UTINYINT;
CREATE MACRO is_error(status) AS coalesce(replace(lower(status), 'status_code_', '') IN ('error', '2'), false);
CREATE VIEW raw AS
SELECT trace_key(nullif(trace, '')) AS trace, span_key(nullif(span, '')) AS span,
    span_key(nullif(parent, '')) AS parent, coalesce(nullif(trim(service), ''), 'unknown_service') AS service,
    kind_key(kind) AS kind, start, stop, is_error(status) AS failed
FROM (%s);
CREATE VIEW raw_links AS
SELECT trace_key(nullif(trace, '')) AS trace, span_key(nullif(span, '')) AS span,
    trace_key(nullif(to_trace, '')) AS to_trace, span_key(nullif(to_span, '')) AS to_span
FROM (%s);
"""  # noqa: S608 - names are quoted


def read(paths: Iterable[Path | str], connection: "DuckDBPyConnection", scratch: Path) -> Reading:
    """Make the views ``raw`` and ``raw_links`` over files of spans.

    Parameters
    ----------
    paths : iterable of pathlib.Path or str
        Files, and folders whose files with one of the ``ENDINGS`` are read.
    connection : duckdb.DuckDBPyConnection
        To an empty database.
    scratch : pathlib.Path
        A folder in which spans out of JSON are kept for as long as the views are used.

    Raises
    ------
    InputError
        If a file is missing or cannot be read, or is Parquet and cut off or without a column that is needed.
    """
    found = [file for path in paths for file in _files(Path(path))]
    parquet = [file for file in found if _is_parquet(file)]
    texts = scratch / "spans.csv", scratch / "links.csv"
    reading = spans_json.write([file for file in found if file not in parquet], *texts)
    spans = [f"SELECT * REPLACE ({_WHOLE}) FROM {_csv(texts[0], _SPAN)}"]  # noqa: S608 - names are quoted
    links = [f"FROM {_csv(texts[1], _LINK)}"]
    alike: dict[tuple[tuple[str, str], ...], list[Path]] = {}
    for file in parquet:
        alike.setdefault(_shape(file, connection), []).append(file)
    for shape, same in alike.items():
        named = _named(shape, same[0])
        rows = f"read_parquet([{', '.join(_quoted(file) for file in same)}])"
        spans.append(_span_columns(named, rows))
        links += _link_columns(named, rows)
    connection.execute(_VIEWS % (" UNION ALL ".join(spans), " UNION ALL ".join(links)))
    return reading


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(file for file in path.rglob("*") if file.suffix in ENDINGS and file.is_file())
    if not found:
        raise InputError(f"{path}: holds no file that ends in {', '.join(ENDINGS)}.")
    return found


def _is_parquet(file: Path) -> bool:
    try:
        with file.open("rb") as stream:
            return stream.read(4) == b"PAR1"
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({files.reason(error)}).") from None


def _csv(file: Path, columns: Sequence[str]) -> str:
    given = ", ".join(f"{column}: 'VARCHAR'" for column in columns)
    form = "header = false, auto_detect = false, delim = ',', quote = '\"', escape = '\"'"
    return f"read_csv({_quoted(file)}, {form}, columns = {{{given}}})"


def _shape(file: Path, connection: "DuckDBPyConnection") -> tuple[tuple[str, str], ...]:
    import duckdb  # noqa: PLC0415 - an extra, which whoever has a connection has

    try:
        told = connection.execute(f"DESCRIBE FROM read_parquet({_quoted(file)})").fetchall()
    except duckdb.Error as error:
        reason = str(error).partition("\n")[0]
        raise InputError(f"{file}: is not a whole Parquet file ({reason}).") from None
    return tuple((name, kind) for name, kind, *_ in told)


def _named(shape: Iterable[tuple[str, str]], file: Path) -> dict[str, tuple[str, str]]:
    """Find the file's name and type for each of ``COLUMNS`` that it has."""
    there = {re.sub(r"[^a-z0-9]", "", name.lower()): (_quoted(name, '"'), kind) for name, kind in shape}
    spelled = {column: [name for name in spellings if name in there] for column, spellings in COLUMNS.items()}
    named = {column: there[names[0]] for column, names in spelled.items() if names}
    for column in ("trace", "span", "parent", "service", "kind", "start", "duration"):
        if column not in named and not (column == "duration" and "stop" in named):
            raise InputError(
                f"{file}: has no column for the {column} of a span; it would be called {' or '.join(COLUMNS[column])} "
                f"(capitals, '_' and '.' do not matter)."
            )
    for column in ("start", "stop", "duration"):
        name, kind = named.get(column, ("", "BIGINT"))
        if not kind.endswith("INT") and not (kind.startswith("TIMESTAMP") and column != "duration"):
            told = "a whole number of nanoseconds" if column == "duration" else "a timestamp or a number of nanoseconds"
            raise InputError(f"{file}, column {name}: {kind} is not {told}.")
    return named


def _span_columns(named: Mapping[str, tuple[str, str]], rows: str) -> str:
    service, kind, duration = (named.get(column, ("", ""))[0] for column in ("service", "kind", "duration"))
    start = _nanoseconds(*named["start"])
    # A start in milliseconds and an end in nanoseconds would make durations up, so the duration goes first.
    stop = f"try_cast({start}::HUGEINT + {duration} AS BIGINT)" if duration else _nanoseconds(*named["stop"])
    status = named["status"][0] if "status" in named else "NULL"
    ids = ", ".join(f"{_id(*named[column])} AS {column}" for column in ("trace", "span", "parent"))
    texts = ", ".join(f"{name}::VARCHAR AS {column}" for column, name in (("service", service), ("kind", kind)))
    times = f"{start} AS start, {stop} AS stop"
    return f"SELECT {ids}, {texts}, {times}, {status}::VARCHAR AS status FROM {rows}"  # noqa: S608 - names are quoted


def _link_columns(named: Mapping[str, tuple[str, str]], rows: str) -> list[str]:
    if {"link_traces", "link_spans"} <= named.keys():
        lists = named["link_traces"], named["link_spans"]
        to = [_id(f"unnest({name})", kind.removesuffix("[]")) for name, kind in lists]
    elif "links" in named:
        each = f"unnest(try_cast({named['links'][0]} AS JSON[]))"
        spelled = (("trace_id", "traceId", "TraceId"), ("span_id", "spanId", "SpanId"))
        to = [f"coalesce({', '.join(f'{each} ->> {_quoted(key)}' for key in keys)})" for keys in spelled]
    else:
        return []
    own = _id(*named["trace"]), _id(*named["span"])
    columns = ", ".join(f"{told} AS {column}" for told, column in zip((*own, *to), _LINK, strict=True))
    return [f"SELECT {columns} FROM {rows}"]  # noqa: S608 - names are quoted


def _nanoseconds(name: str, kind: str) -> str:
    return f"epoch_ns({name})" if kind.startswith("TIMESTAMP") else f"try_cast({name} AS BIGINT)"


def _id(name: str, kind: str) -> str:
    return f"hex({name})" if kind == "BLOB" else f"{name}::VARCHAR"


def _quoted(value: Path | str, mark: str = "'") -> str:
    return mark + str(value).replace(mark, mark * 2) + mark
