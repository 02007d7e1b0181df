"""Spans out of JSON: OTLP as JSON lines, and what Jaeger gives for download, as rows of plain text."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from decision_kit import files
from decision_kit.errors import InputError

SHOWN = 5
"""How many unreadable lines are told by their number."""


@dataclass(frozen=True)
class Reading:
    """What became of the lines of JSON.

    Attributes
    ----------
    lines : int
        How many there were; a document over several lines counts as one.
    unreadable : int
        How many of them are not JSON, or not of the shape they say they have.
    where : tuple of str
        The first ``SHOWN`` of these, by file and line.
    without : int
        How many hold no spans, such as metrics.
    """

    lines: int
    unreadable: int
    where: tuple[str, ...]
    without: int


def write(paths: Iterable[Path], spans: Path, links: Path) -> Reading:
    """Write the spans out of JSON files into two tables, line by line, so that memory holds no more than one.

    Parameters
    ----------
    paths : iterable of pathlib.Path
        Files of OTLP as JSON lines, or downloaded from Jaeger.
    spans : pathlib.Path
        CSV to write, without a header: trace, span, parent, service, kind, start, stop, status.
    links : pathlib.Path
        CSV to write, without a header: trace, span, and the trace and the span it links to.

    Raises
    ------
    InputError
        If a file cannot be read or is UTF-16; what cannot be read in a line is counted.
    """
    lines = unreadable = without = 0
    where: list[str] = []
    with (
        spans.open("w", encoding="utf-8", newline="") as span_file,
        links.open("w", encoding="utf-8", newline="") as link_file,
    ):
        span_rows, link_rows = csv.writer(span_file), csv.writer(link_file)
        for path in paths:
            for number, line in _lines(path):
                lines += 1
                try:
                    document = json.loads(line)
                    found = list(_jaeger(document["data"]) if "data" in document else _otlp(document))
                except (ValueError, TypeError, AttributeError, LookupError, RecursionError):
                    unreadable += 1
                    where += [f"line {number} of {path.name}"] if len(where) < SHOWN else []
                    continue
                without += not found
                for span, linked in found:
                    span_rows.writerow(span)
                    link_rows.writerows((*span[:2], *link) for link in linked)
    return Reading(lines, unreadable, tuple(where), without)


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Give the lines with their numbers; a document that begins with a brace alone is taken as one line."""
    try:
        with path.open("rb") as stream:
            first = stream.readline().removeprefix(b"\xef\xbb\xbf").strip()
            if first.startswith(files.UTF16):  # its line ends are of two bytes, so no line would be whole
                raise InputError(f"{path}: {files.not_utf8(first)}")
            stream.seek(0)
            if first == b"{":
                yield 1, stream.read()
                return
            for number, line in enumerate(stream, 1):
                if line.strip():
                    yield number, line
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({files.reason(error)}).") from None


Texts = tuple[str, ...]


def _otlp(request: dict[str, Any]) -> Iterator[tuple[Texts, Sequence[Texts]]]:
    """Give each span as the columns of spans.csv, with the traces and spans it links to; other fields are ignored."""
    for resource in request.get("resourceSpans") or ():
        attributes = (resource.get("resource") or {}).get("attributes") or ()
        named = {attribute["key"]: attribute.get("value") or {} for attribute in attributes}
        name, namespace = (named.get(f"service.{of}", {}).get("stringValue") for of in ("name", "namespace"))
        service = _clean(f"{namespace}/{name}" if name and namespace else name)  # teams may share a name
        for scope in resource.get("scopeSpans") or ():
            for span in scope.get("spans") or ():
                own = _clean(span.get("traceId")), _clean(span.get("spanId")), _clean(span.get("parentSpanId"))
                times = _clean(span.get("startTimeUnixNano")), _clean(span.get("endTimeUnixNano"))
                status = _clean((span.get("status") or {}).get("code"))
                to = [(_clean(link.get("traceId")), _clean(link.get("spanId"))) for link in span.get("links") or ()]
                yield (*own, service, _clean(span.get("kind")), *times, status), to


def _jaeger(traces: list[dict[str, Any]]) -> Iterator[tuple[Texts, Sequence[Texts]]]:
    """Give the same; Jaeger tells times in microseconds, and a link as a reference that is not to the parent."""
    for trace in traces:
        services = {key: _clean(process.get("serviceName")) for key, process in trace["processes"].items()}
        for span in trace["spans"]:
            tags = {tag["key"]: tag.get("value") for tag in span.get("tags") or ()}
            parents: list[Texts] = []
            links: list[Texts] = []
            for reference in span.get("references") or ():
                to = _clean(reference["traceID"]), _clean(reference["spanID"])
                parental = reference["refType"] == "CHILD_OF" and to[0] == span["traceID"]
                (parents if parental else links).append(to)
            own = _clean(span["traceID"]), _clean(span["spanID"]), parents[0][1] if parents else ""
            start = int(span["startTime"])
            times = f"{start}000", f"{start + int(span['duration'])}000"
            failed = tags.get("error") in (True, "true") or tags.get("otel.status_code") == "ERROR"
            kind = _clean(tags.get("span.kind"))
            yield (*own, services[span["processID"]], kind, *times, "error" if failed else ""), links


def _clean(value: Any) -> str:
    """Make a text of one line that every reader of CSV takes."""
    text = "" if value is None else str(value)
    return (text if text.isprintable() else text.encode("unicode_escape").decode("ascii"))[:200]
