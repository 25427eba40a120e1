"""ResultFlow: bare objects; errors as ``{"error": {"code", "message", "details"}}``."""

from herald.http.contracts.contract import Contract, Limits
from herald.http.problems import Problem
from herald.identity.rate_limits.model import Limit

USER_LIMIT = Limit("staff", 100)
"""Documented: "Admin API: 100 requests per minute per user"."""
RECIPIENT_LIMIT = Limit("recipient", 20)
"""Documented: "Customer API: 20 requests per minute per token"."""
CUSTOMER_ADDRESS_LIMIT = Limit("customer", 300)
"""Of the endpoints that a link's token opens, beside the limit per token: nobody tries token after token. A mobile
network puts very many phones behind one address, hence so many."""


def format_error(problem: Problem) -> dict[str, object]:
    """A problem in ResultFlow's standard error format."""
    return {"error": {"code": problem.code, "message": problem.message, "details": dict(problem.fields)}}


RESULTFLOW = Contract(
    name="ResultFlow",
    format_error=format_error,
    limits=Limits(user=USER_LIMIT, key=USER_LIMIT, recipient=RECIPIENT_LIMIT),
)
