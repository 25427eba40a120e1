"""What an answer says of the limit that its request was counted against."""

from herald.identity.admissions.model import Admission

LIMIT_HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")


def headers_of(admission: Admission) -> dict[str, str]:
    """The customary headers of a limited answer."""
    told = (admission.limit.requests, admission.remaining, admission.reset_at)
    return dict(zip(LIMIT_HEADERS, map(str, told), strict=True))
