"""From an Authorization header to who is asking, with the request counted on the way."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from herald.errors import Unauthenticated
from herald.http.access import RECIPIENT_LIMIT, AccessRule, Audience, Limit
from herald.http.limits import Admission, Admissions
from herald.identity.model import Principal, Recipient


class Tokens(Protocol):
    """Verifies the two kinds of access token."""

    def verify_staff(self, token: str) -> Principal:
        """Who a staff token names, or Unauthenticated."""
        ...

    def verify_recipient(self, token: str) -> Recipient:
        """Whose report a recipient's token opens, or Unauthenticated."""
        ...


@dataclass(frozen=True, slots=True)
class Admitted:
    """Somebody who may go on: who they are, if anybody in particular, and what is left of their limit."""

    caller: Principal | Recipient | None
    admission: Admission | None


class Doorkeeper:
    """Lets a request in by the rule of its route, or raises."""

    def __init__(self, tokens: Tokens, admissions: Admissions) -> None:
        self._tokens = tokens
        self._admissions = admissions

    def admit(self, rule: AccessRule, *, authorization: str, source_ip: str) -> Admitted:
        """Who is asking.

        Args:
            rule: of the route.
            authorization: the Authorization header, empty where there is none.
            source_ip: the caller's address as the API saw it.

        Raises:
            Unauthenticated: no token, or none of ours, or its time or session is over.
            RateLimited: too many requests.
        """
        return _WAYS_IN[rule.audience](self, rule.limit, authorization, source_ip)

    def count_link(self, tenant_id: str, link_id: str) -> Admission:
        """Counts one request that brings a link's token, together with those of whoever opened that link.

        Raises:
            RateLimited: too many requests.
        """
        return self._admissions.admit(f"{tenant_id}#link#{link_id}", RECIPIENT_LIMIT)

    def end_session(self, principal: Principal) -> None:
        """Signs a session out, at once and everywhere."""
        self._admissions.end_session(_user_subject(principal), principal.session_id)

    def _admit_everyone(self, limit: Limit | None, _authorization: str, source_ip: str) -> Admitted:
        if limit is None:
            return Admitted(None, None)
        return Admitted(None, self._admissions.admit(f"address#{source_ip}", limit))

    def _admit_staff(self, limit: Limit | None, authorization: str, _source_ip: str) -> Admitted:
        principal = self._tokens.verify_staff(_bearer_token(authorization))
        assert limit is not None  # noqa: S101 - a staff route always counts: that write is what checks the session
        subject = _user_subject(principal)
        return Admitted(principal, self._admissions.admit(subject, limit, session_id=principal.session_id))

    def _admit_recipient(self, _limit: Limit | None, authorization: str, _source_ip: str) -> Admitted:
        recipient = self._tokens.verify_recipient(_bearer_token(authorization))
        return Admitted(recipient, self.count_link(recipient.tenant_id, recipient.link_id))


_WAYS_IN: dict[Audience, Callable[[Doorkeeper, Limit | None, str, str], Admitted]] = {
    Audience.EVERYONE: Doorkeeper._admit_everyone,  # noqa: SLF001 - the table belongs to the class
    Audience.STAFF: Doorkeeper._admit_staff,  # noqa: SLF001
    Audience.RECIPIENT: Doorkeeper._admit_recipient,  # noqa: SLF001
}


def _user_subject(principal: Principal) -> str:
    return f"{principal.tenant_id}#user#{principal.user_id}"


def _bearer_token(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("Sign in first: send `Authorization: Bearer <access token>`.")
    return token.strip()
