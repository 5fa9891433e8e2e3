"""What is known of long work: its id, how far it is, what came of it."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from pydantic import AwareDatetime

from socialcommerce.models.base import Model

__all__ = ["JobState", "JobStatus"]

JobStatus: TypeAlias = Literal["pending", "running", "succeeded", "failed", "cancelled", "unknown"]


class JobState(Model):
    """How a job stands. ``id`` is ours (``client.jobs.resume(id)``), ``native_id`` the platform's.

    ``progress`` is between 0 and 1, None where it cannot be told.
    """

    id: str
    kind: str
    platform: str = ""
    status: JobStatus = "pending"
    native_status: str | None = None
    native_id: str | None = None
    progress: float | None = None
    done: int | None = None
    total: int | None = None
    started_at: AwareDatetime | None = None
    finished_at: AwareDatetime | None = None
    detail: dict[str, Any] | None = None
