"""From an Authorization header to who is asking, with the request counted on the way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Protocol

from herald.errors import Unauthenticated
from herald.http.access import RECIPIENT_LIMIT, AccessRule, Audience
from herald.http.allowances import allowance_of
from herald.identity.admissions.model import (
    Admission,
    Limit,
    subject_of_address,
    subject_of_link,
    subject_of_user,
)
from herald.identity.admissions.store import AdmissionStore
from herald.identity.keys.model import ApiKey, is_api_key
from herald.identity.model import Principal, Recipient

LimitsOfTenant = Callable[[str], Mapping[str, int]]
"""From a tenant's id to what it may ask instead of the published limits, by their names."""
_AS_PUBLISHED: Mapping[str, int] = MappingProxyType({})


class Tokens(Protocol):
    """Verifies the two kinds of access token."""

    def verify_staff(self, token: str) -> Principal:
        """Who a staff token names, or Unauthenticated."""
        ...

    def verify_recipient(self, token: str) -> Recipient:
        """Whose report a recipient's token opens, or Unauthenticated."""
        ...


class Keys(Protocol):
    """Verifies API keys."""

    def verify(self, text: str) -> ApiKey:
        """The key that a text is, or Unauthenticated."""
        ...


@dataclass(frozen=True, slots=True)
class Admitted:
    """Somebody who may go on: who they are, if anybody in particular, and what is left of their limit."""

    caller: Principal | Recipient | None
    admission: Admission | None


class StrangerCounted(Unauthenticated):
    """Nobody that we know, whose address was counted all the same; ``admission`` says what is left of its limit."""

    def __init__(self, refusal: Unauthenticated, admission: Admission) -> None:
        super().__init__(refusal.message, code=refusal.code, fields=refusal.fields)
        self.admission = admission


class Doorkeeper:
    """Lets a request in by the rule of its route, or raises."""

    def __init__(
        self,
        tokens: Tokens,
        admissions: AdmissionStore,
        *,
        keys: Keys | None = None,
        limits_of_tenant: LimitsOfTenant = lambda _tenant_id: _AS_PUBLISHED,
    ) -> None:
        """Choose what is asked.

        Args:
            tokens: verifies access tokens.
            admissions: counts requests.
            keys: verifies API keys; without it there are none.
            limits_of_tenant: gives the limits that a tenant has instead of the published ones.
        """
        self._tokens = tokens
        self._admissions = admissions
        self._keys = keys
        self._limits_of_tenant = limits_of_tenant

    def admit(self, rule: AccessRule, *, path: str, authorization: str, source_ip: str) -> Admitted:
        """Who is asking.

        Args:
            rule: of the route.
            path: that is asked for; its contract says how often it may be.
            authorization: the Authorization header, empty where there is none.
            source_ip: the caller's address as the API saw it.

        Raises:
            Unauthenticated: no token, or none of ours, or its time or session is over.
            RateLimited: too many requests.
        """
        match rule.audience:
            case Audience.EVERYONE:
                return self._admit_everyone(rule.limit, source_ip)
            case Audience.RECIPIENT:
                return self._admit_recipient(authorization)
            case Audience.STAFF:
                return self._admit_staff(rule.limit, path, authorization, source_ip)

    def count_link(self, tenant_id: str, link_id: str) -> Admission:
        """Counts one request that brings a link's token, together with those of whoever opened that link.

        Raises:
            RateLimited: too many requests.
        """
        return self._admissions.admit(subject_of_link(tenant_id, link_id), RECIPIENT_LIMIT)

    def _admit_everyone(self, limit: Limit | None, source_ip: str) -> Admitted:
        if limit is None:
            return Admitted(None, None)
        return Admitted(None, self._admissions.admit(subject_of_address(source_ip), limit))

    def _admit_recipient(self, authorization: str) -> Admitted:
        recipient = self._tokens.verify_recipient(_bearer_token(authorization))
        return Admitted(recipient, self.count_link(recipient.tenant_id, recipient.link_id))

    def _admit_staff(self, limit: Limit | None, path: str, authorization: str, source_ip: str) -> Admitted:
        allowance = allowance_of(path)
        try:
            principal = self._recognise(_bearer_token(authorization))
        except Unauthenticated as refusal:
            if allowance.stranger is None:
                raise
            admission = self._admissions.admit(subject_of_address(source_ip), allowance.stranger)
            raise StrangerCounted(refusal, admission) from refusal
        of_contract = allowance.user if principal.scopes is None else allowance.key
        own = self._own_limit(principal.tenant_id, limit or of_contract)
        subject = subject_of_user(principal)
        return Admitted(principal, self._admissions.admit(subject, own, session_id=principal.session_id))

    def _recognise(self, token: str) -> Principal:
        if self._keys is not None and is_api_key(token):
            return self._keys.verify(token).principal
        return self._tokens.verify_staff(token)

    def _own_limit(self, tenant_id: str, limit: Limit) -> Limit:
        requests = self._limits_of_tenant(tenant_id).get(limit.name)
        return limit if requests is None else replace(limit, requests=requests)


def _bearer_token(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("Sign in first: send `Authorization: Bearer <access token>`.")
    return token.strip()
