"""Which other sites' pages may call the API from a browser: the configured ones, and nobody by default.

Answered here and not by API Gateway, because the gateway would take away the header by which any site may read the
API's document, and because preflights get an id and a log line like every other request.
"""

from collections.abc import Iterable, Mapping

from herald.http.headers import LIMIT_HEADERS

KEPT_SECONDS = 3600
"""How long a browser may remember a permission; PyTake documents it."""
_METHODS = "GET, POST, PUT, PATCH, DELETE"
_HEADERS = "Authorization, Content-Type, Idempotency-Key, X-Request-Id"
_SHOWN = ", ".join(["X-Request-Id", "Retry-After", "Location", *LIMIT_HEADERS])


class Cors:
    """Answers browsers that ask on behalf of another site's page (fetch.spec.whatwg.org, "CORS protocol")."""

    def __init__(self, origins: Iterable[str] = ()) -> None:
        """Choose the sites, e.g. ``https://app.example.org``; ``http://localhost:*`` with any port, ``*`` for all."""
        self._origins = frozenset(origin.strip().rstrip("/") for origin in origins if origin.strip())

    def is_preflight(self, method: str, headers: Mapping[str, str]) -> bool:
        """Whether a browser asks what it may send; never where no site is configured."""
        return bool(self._origins) and method == "OPTIONS" and "access-control-request-method" in headers

    def of_preflight(self, origin: str) -> dict[str, str]:
        """The headers that say what may be sent; to a site that is not configured, nothing."""
        allowed = self.of_answer(origin)
        if not allowed:
            return {}
        return {
            **allowed,
            "Access-Control-Allow-Methods": _METHODS,
            "Access-Control-Allow-Headers": _HEADERS,
            "Access-Control-Max-Age": str(KEPT_SECONDS),
        }

    def of_answer(self, origin: str) -> dict[str, str]:
        """The headers by which a page may read an answer; to a site that is not configured, nothing."""
        if not origin or not self._origins & {origin, _with_any_port(origin), "*"}:
            return {}
        return {"Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": _SHOWN, "Vary": "Origin"}


def _with_any_port(origin: str) -> str:
    """An origin as it is configured where its port does not matter."""
    site, colon, port = origin.rpartition(":")
    return f"{site}:*" if colon and port.isascii() and port.isdigit() else f"{origin}:*"
