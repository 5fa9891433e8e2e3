"""The OpenTelemetry hook: spans and metrics that name the operation and hold no secret."""

from __future__ import annotations

import pytest

from socialcommerce import Attempt, OpenTelemetryHook, simulate

pytest.importorskip("opentelemetry.sdk")
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter


class Telemetry:
    def __init__(self) -> None:
        self.spans = InMemorySpanExporter()
        self.metrics = InMemoryMetricReader()
        tracing = TracerProvider()
        tracing.add_span_processor(SimpleSpanProcessor(self.spans))
        self.hook = OpenTelemetryHook(tracing, MeterProvider([self.metrics]))

    def instruments(self) -> set[str]:
        data = self.metrics.get_metrics_data()
        assert data is not None
        return {
            metric.name
            for resource in data.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
        }


def test_a_request_becomes_a_span_named_after_its_operation() -> None:
    telemetry = Telemetry()
    with simulate("shopee", hooks=[telemetry.hook]) as shop:
        shop.store.carriers()
    (span,) = telemetry.spans.get_finished_spans()
    assert span.name == "store.carriers"
    assert span.attributes is not None
    assert span.attributes["url.path"] == "/api/v2/logistics/get_channel_list"
    assert span.attributes["socialcommerce.outcome"] == "ok"
    assert span.status.is_unset
    assert telemetry.instruments() == {"socialcommerce.request.duration"}


def test_a_failed_attempt_is_marked_as_an_error() -> None:
    telemetry = Telemetry()
    telemetry.hook(Attempt("orders.get", "1", "GET", "/x", "unknown", elapsed=0.5))
    (span,) = telemetry.spans.get_finished_spans()
    assert not span.status.is_ok
    assert span.end_time is not None
    assert span.start_time is not None
    assert span.end_time - span.start_time == 500_000_000


def test_a_wait_is_measured_and_is_no_span() -> None:
    telemetry = Telemetry()
    telemetry.hook(Attempt("orders.get", "1", "GET", "/x", "ok", waited=2.0, kind="wait"))
    telemetry.hook(Attempt("orders.list", "1", "", "", "ok", kind="page"))
    assert telemetry.spans.get_finished_spans() == ()
    assert telemetry.instruments() == {"socialcommerce.wait.duration"}
