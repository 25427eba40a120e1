"""Limits, and what is left of them: pure rules."""

from dataclasses import dataclass

from herald.errors import RateLimited
from herald.values.network import network_of


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``requests`` in each window of ``seconds``; ``name`` keeps its counters apart from other limits'."""

    name: str
    requests: int
    seconds: int = 60


@dataclass(frozen=True, slots=True)
class RateLimitStatus:
    """What is left of a limit: how many more requests until ``reset_at`` (epoch seconds)."""

    limit: Limit
    remaining: int
    reset_at: int


class LimitExceeded(RateLimited):
    """A request over its limit; ``rate_limit`` says which, and when it begins anew."""

    def __init__(self, rate_limit: RateLimitStatus, *, retry_after: int) -> None:
        super().__init__("Too many requests. Please try again later.", retry_after=retry_after)
        self.rate_limit = rate_limit


def subject_of_user(tenant_id: str, user_id: str) -> str:
    """Whose counter it is: that of a person in a tenant, or of an API key by its id."""
    return f"{tenant_id}#user#{user_id}"


def subject_of_link(tenant_id: str, link_id: str) -> str:
    return f"{tenant_id}#link#{link_id}"


def subject_of_session(session_id: str) -> str:
    return f"session#{session_id}"


def subject_of_address(source_ip: str) -> str:
    return f"address#{network_of(source_ip)}"
