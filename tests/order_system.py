"""A small order system that records itself with the real OpenTelemetry SDK.

A shop hands an order to a service that calls payment and stock and waits for both (orchestrated), and then tells
that the order is placed: mail reacts in the same trace, shipping in a trace of its own that links to the message.
Ten orders, one each six seconds; the payment of the last is refused. The times are made up, so that every figure can
be worked out by hand.
"""

import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.json.file import FileSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.trace import Link, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

START = 1_795_600_800_000
"""When the first order comes in: 2026-11-25 10:00:00 UTC, in milliseconds."""
ORDERS = 10
SECONDS = 54.06
"""From the first order to the end of the last."""


class Numbered(IdGenerator):
    """Ids that are the same in every run."""

    def __init__(self) -> None:
        self.draw = random.Random(6)  # noqa: S311 - not a secret

    def generate_span_id(self) -> int:
        """Draw 64 bits."""
        return self.draw.getrandbits(64) or 1

    def generate_trace_id(self) -> int:
        """Draw 128 bits."""
        return self.draw.getrandbits(128) or 1


class Recorder:
    """Services that write their spans to one file, and hand their context on in headers.

    ``clocks`` says by how many ms the clock of a service is off.
    """

    def __init__(self, path: Path, clocks: Mapping[str, int] | None = None) -> None:
        self.path = path
        self.exporter = FileSpanExporter(path)
        self.clocks = clocks or {}
        self.ids = Numbered()
        self.providers: dict[str, TracerProvider] = {}

    def span(
        self,
        service: str,
        kind: str,
        start: int,
        stop: int,
        cause: dict[str, str] | None = None,
        *,
        message: dict[str, str] | None = None,
        failed: bool = False,
    ) -> dict[str, str]:
        """Record a span from start to stop (ms) and give the headers it sends on.

        ``cause`` are the headers of the span above it, ``message`` those of a message that it links to.
        """
        if service not in self.providers:
            provider = TracerProvider(
                resource=Resource({"service.name": service}), id_generator=self.ids, shutdown_on_exit=False
            )
            provider.add_span_processor(SimpleSpanProcessor(self.exporter))
            self.providers[service] = provider
        headers = TraceContextTextMapPropagator()
        span = (
            self.providers[service]
            .get_tracer("order-system")
            .start_span(
                "work",
                headers.extract(cause or {}, Context()),
                SpanKind[kind],
                links=[Link(trace.get_current_span(headers.extract(message)).get_span_context())] if message else (),
                start_time=(START + start + self.clocks.get(service, 0)) * 10**6,
            )
        )
        if failed:
            span.set_status(StatusCode.ERROR)
        span.end((START + stop + self.clocks.get(service, 0)) * 10**6)
        sent: dict[str, str] = {}
        headers.inject(sent, trace.set_span_in_context(span))
        return sent


def record(path: Path, clocks: Mapping[str, int] | None = None) -> Path:
    """Record the order system into a file of JSON lines."""
    recorder = Recorder(path, clocks)
    span = recorder.span
    for at in range(0, (ORDERS - 1) * 6000, 6000):
        asked = span("shop", "SERVER", at, at + 120)
        order = span("orders", "SERVER", at + 4, at + 116, span("shop", "CLIENT", at + 2, at + 118, asked))
        span("payment", "SERVER", at + 8, at + 54, span("orders", "CLIENT", at + 6, at + 56, order))
        stock = span("stock", "SERVER", at + 62, at + 88, span("orders", "CLIENT", at + 60, at + 90, order))
        span("stock", "CLIENT", at + 64, at + 80, stock)  # a database, which records nothing
        placed = span("orders", "PRODUCER", at + 100, at + 104, order)
        span("mail", "CONSUMER", at + 300, at + 350, placed)
        received = span("shipping", "CONSUMER", at + 2000, at + 2005, message=placed)
        span("shipping", "CONSUMER", at + 2005, at + 2500, received, message=placed)
    at = (ORDERS - 1) * 6000
    asked = span("shop", "SERVER", at, at + 60, failed=True)
    asked = span("shop", "CLIENT", at + 2, at + 58, asked, failed=True)
    order = span("orders", "SERVER", at + 4, at + 56, asked, failed=True)
    order = span("orders", "CLIENT", at + 6, at + 50, order, failed=True)
    span("payment", "SERVER", at + 8, at + 48, order, failed=True)
    recorder.exporter.shutdown()
    return path


def parsed(path: Path) -> list[dict[str, Any]]:
    """Give the spans of a file with one in each line, each with the name of its service."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        (resource,) = json.loads(line)["resourceSpans"]
        (service,) = resource["resource"]["attributes"]
        (span,) = resource["scopeSpans"][0]["spans"]
        found.append(span | {"service": service["value"]["stringValue"]})
    return found
