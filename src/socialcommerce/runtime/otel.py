"""Observation with OpenTelemetry (extra ``otel``): a hook that writes spans and metrics."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from socialcommerce.errors import ConfigurationError
from socialcommerce.runtime.observe import Attempt

if TYPE_CHECKING:
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import TracerProvider

__all__ = ["OpenTelemetryHook"]

_SCOPE = "socialcommerce"
_NANO = 1_000_000_000


class OpenTelemetryHook:
    """Give it to a client: ``Client(backend, hooks=[OpenTelemetryHook()])``.

    Every request and renewal becomes a span, named after its operation, with the HTTP method,
    path (never the query), status, outcome and attempt; seconds spent and waited become
    histograms. A span begins when its request did and belongs to whatever span is current.

    Args:
        tracer_provider: the process's own where None.
        meter_provider: the process's own where None.

    Raises:
        ConfigurationError: the extra is not installed.
    """

    def __init__(
        self,
        tracer_provider: TracerProvider | None = None,
        meter_provider: MeterProvider | None = None,
    ) -> None:
        try:
            from opentelemetry import metrics, trace
        except ImportError as error:
            raise ConfigurationError("install the extra: pip install 'socialcommerce[otel]'") from error
        meter = metrics.get_meter(_SCOPE, meter_provider=meter_provider)
        self._tracer = trace.get_tracer(_SCOPE, tracer_provider=tracer_provider)
        self._spent = meter.create_histogram("socialcommerce.request.duration", unit="s")
        self._waited = meter.create_histogram("socialcommerce.wait.duration", unit="s")
        self._failed = trace.Status(trace.StatusCode.ERROR)

    def __call__(self, attempt: Attempt) -> None:
        """Write one attempt."""
        labels = {"operation": attempt.operation, "outcome": attempt.outcome}
        if attempt.kind == "wait":
            self._waited.record(attempt.waited, labels)
        elif attempt.kind in ("request", "renewal"):
            self._spent.record(attempt.elapsed, labels)
            self._span(attempt)

    def _span(self, attempt: Attempt) -> None:
        end = time.time_ns()
        span = self._tracer.start_span(
            attempt.operation,
            start_time=end - int(attempt.elapsed * _NANO),
            attributes={
                "http.request.method": attempt.method,
                "url.path": attempt.path,
                "http.response.status_code": attempt.status or 0,
                "socialcommerce.account": attempt.account or "",
                "socialcommerce.attempt": attempt.attempt,
                "socialcommerce.outcome": attempt.outcome,
            },
        )
        if attempt.outcome != "ok":
            span.set_status(self._failed)
        span.end(end)
