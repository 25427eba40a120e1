"""What can go wrong, said without a word of HTTP.

Every error carries a machine ``code``, a ``message`` a person can act on, ``fields`` that name what was wrong, and,
where waiting helps, ``retry_after`` in whole seconds.
``herald.http.problems`` holds the one table that turns an error's class into a status.
"""

from collections.abc import Mapping
from typing import ClassVar


class HeraldError(Exception):
    """The root of everything the domain raises on purpose."""

    default_code: ClassVar[str] = "internal_error"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        fields: Mapping[str, object] | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.fields: dict[str, object] = dict(fields or {})
        self.retry_after = retry_after


class Invalid(HeraldError):
    """What came in breaks a rule; ``fields`` maps each offending field to the reason."""

    default_code = "validation_error"


class Unprocessable(HeraldError):
    """What came in is well formed, but cannot be done in the present state of things."""

    default_code = "unprocessable"


class Unauthenticated(HeraldError):
    """Nobody, or nobody we can verify, is asking."""

    default_code = "auth_required"


class Forbidden(HeraldError):
    """Somebody known asks for what their role does not allow."""

    default_code = "forbidden"


class NotFound(HeraldError):
    """There is no such record in this tenant."""

    default_code = "not_found"


class Conflict(HeraldError):
    """The record exists already, or has moved on in the meantime."""

    default_code = "conflict"


class Gone(HeraldError):
    """It was there once, and its time is over."""

    default_code = "gone"


class TooLarge(HeraldError):
    """More bytes, rows or items than the limit that the message names."""

    default_code = "too_large"


class RateLimited(HeraldError):
    """Too many requests for now."""

    default_code = "rate_limited"


class Unavailable(HeraldError):
    """Something we depend on does not answer now; trying again later may work."""

    default_code = "unavailable"
