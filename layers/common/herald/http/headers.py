"""What every answer says beside its body, and what it says of limits and failures."""

from http import HTTPStatus

from herald.http.problems import Problem
from herald.identity.rate_limits.model import RateLimitStatus

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "Cache-Control": "no-store",
}
LIMIT_HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")


def limit_headers(rate_limit: RateLimitStatus) -> dict[str, str]:
    """What is left of the limit that a request was counted against."""
    values = (rate_limit.limit.requests, rate_limit.remaining, rate_limit.reset_at)
    return dict(zip(LIMIT_HEADERS, map(str, values), strict=True))


def problem_headers(problem: Problem) -> dict[str, str]:
    headers = {}
    if problem.retry_after is not None:
        headers["Retry-After"] = str(problem.retry_after)
    if problem.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return headers
