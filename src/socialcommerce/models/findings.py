"""What is found wrong with an input, as the one error that an input raises."""

from __future__ import annotations

from pydantic import ValidationError

from socialcommerce.errors import InvalidRequest

__all__ = ["as_invalid"]

_REMEDIES = {
    "missing": "is required",
    "extra_forbidden": "is not known here; what one platform alone takes goes into native={…}",
    "timezone_aware": "needs a time zone: datetime(…, tzinfo=UTC), or .astimezone()",
    "frozen_instance": "cannot be changed; use model_copy(update={…})",
}


def as_invalid(model: str, error: ValidationError) -> InvalidRequest:
    """The same findings as an error of ours; without the values, which may be secret or personal."""
    fields: dict[str, str] = {}
    for finding in error.errors(include_url=False, include_context=False, include_input=False):
        path = ".".join(str(part) for part in finding["loc"]) or model
        fields.setdefault(path, _REMEDIES.get(finding["type"], finding["msg"].removeprefix("Value error, ")))
    text = "; ".join(f"{path}: {reason}" if path != model else reason for path, reason in fields.items())
    return InvalidRequest(f"{model}: {text}", fields=fields)
