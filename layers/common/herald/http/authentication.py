"""From an Authorization header to who is asking, with the request counted on the way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from herald.errors import Forbidden, Unauthenticated
from herald.http.access import AccessRule, CallerKind
from herald.http.contracts.contract import Limits
from herald.identity.keys.text import is_api_key
from herald.identity.model import Operator, Principal, Recipient
from herald.identity.permissions import NEED_A_VERIFIED_EMAIL
from herald.identity.rate_limits.model import (
    Limit,
    RateLimitStatus,
    subject_of_address,
    subject_of_link,
    subject_of_session,
    subject_of_user,
)
from herald.identity.rate_limits.store import RateLimitStore
from herald.identity.sessions.tokens import AccessTokens
from herald.identity.tenants.model import Standing, TenantState

StandingOfTenant = Callable[[str], Standing]
_AS_PUBLISHED: Mapping[str, int] = MappingProxyType({})
_ORDINARY = Standing(_AS_PUBLISHED)


@dataclass(frozen=True, slots=True)
class Authentication:
    """Who is asking, if anybody in particular, and what is left of the limit that the request was counted against."""

    caller: Principal | Recipient | Operator | None = None
    rate_limit: RateLimitStatus | None = None


class StrangerRefused(Unauthenticated):
    """Nobody that we know, whose address was counted all the same; ``rate_limit`` says what is left of its limit."""

    def __init__(self, refusal: Unauthenticated, rate_limit: RateLimitStatus) -> None:
        super().__init__(refusal.message, code=refusal.code, fields=refusal.fields)
        self.rate_limit = rate_limit


class Authenticator:
    """Finds out who is asking, and counts the request."""

    def __init__(
        self,
        tokens: AccessTokens,
        rate_limits: RateLimitStore,
        *,
        verify_key: Callable[[str], Principal] | None = None,
        standing_of_tenant: StandingOfTenant = lambda _tenant_id: _ORDINARY,
        limits_of_installation: Mapping[str, int] = _AS_PUBLISHED,
        is_verified: Callable[[str], bool] = lambda _user_id: False,
    ) -> None:
        """Choose what is asked.

        Args:
            tokens: verifies access tokens.
            rate_limits: counts requests.
            verify_key: gives whose an API key is; without it there are none.
            standing_of_tenant: gives the limits that a tenant has instead of the published ones, and whether it is
                closed.
            limits_of_installation: those that hold instead of the published ones for addresses, by their names.
            is_verified: whether a person's e-mail address has been confirmed since their token was made.
        """
        self._tokens = tokens
        self._rate_limits = rate_limits
        self._verify_key = verify_key
        self._standing_of_tenant = standing_of_tenant
        self._limits_of_installation = limits_of_installation
        self._is_verified = is_verified

    def authenticate(
        self, rule: AccessRule, *, limits: Limits, authorization: str, source_ip: str, signer: str = ""
    ) -> Authentication:
        """Who is asking.

        Args:
            rule: of the route.
            limits: of the contract, for what the rule does not say.
            authorization: the Authorization header, empty where there is none.
            source_ip: the caller's address as the API saw it.
            signer: the ARN of whoever signed the request for IAM, as the API verified it.

        Raises:
            Unauthenticated: no token, or none of ours, or its time or session is over.
            RateLimited: too many requests.
            Forbidden: ``email_not_verified``: the route needs somebody who has confirmed their address;
                ``organisation_closed``: it is to be erased, and the route is not one of those that are open then;
                ``not_signed``: it is for operators, and the API has verified no signature.
        """
        match rule.caller_kind:
            case CallerKind.EVERYONE:
                return Authentication(rate_limit=self._count_address(source_ip, rule.limit))
            case CallerKind.RECIPIENT:
                recipient = self._tokens.verify_recipient(_bearer_token(authorization))
                limit = rule.limit or limits.recipient
                return Authentication(recipient, self.count_link(recipient.tenant_id, recipient.link_id, limit))
            case CallerKind.SESSION_HOLDER:
                return Authentication()
            case CallerKind.OPERATOR:
                return Authentication(_operator(signer))
            case CallerKind.STAFF:
                return self._authenticate_staff(rule, limits, authorization, source_ip)

    def count_link(self, tenant_id: str, link_id: str, limit: Limit | None) -> RateLimitStatus | None:
        """Counts one request that brings a link's token, together with those of whoever opened that link.

        Raises:
            RateLimited: too many requests.
        """
        return self._rate_limits.admit(subject_of_link(tenant_id, link_id), limit) if limit else None

    def count_session(self, session_id: str, limit: Limit) -> RateLimitStatus:
        """Counts one request that renews a session.

        Raises:
            RateLimited: too many requests.
        """
        return self._rate_limits.admit(subject_of_session(session_id), limit)

    def _authenticate_staff(
        self, rule: AccessRule, limits: Limits, authorization: str, source_ip: str
    ) -> Authentication:
        try:
            principal = self._verify_staff(_bearer_token(authorization))
        except Unauthenticated as refusal:
            rate_limit = self._count_address(source_ip, limits.stranger)
            if rate_limit is None:
                raise
            raise StrangerRefused(refusal, rate_limit) from refusal
        standing = self._standing_of_tenant(principal.tenant_id)
        _check_tenant_is_there(standing.state, rule)
        limit = rule.limit or (limits.user if principal.scopes is None else limits.key)
        own = _replaced(limit, standing.limits)
        subject = subject_of_user(principal.tenant_id, principal.user_id)
        rate_limit = self._rate_limits.admit(subject, own, session_id=principal.session_id)
        self._check_email(principal, rule)
        return Authentication(principal, rate_limit)

    def _check_email(self, principal: Principal, rule: AccessRule) -> None:
        # A token tells who was not verified when it was made; only they cost a look, and only where it matters.
        if rule.permission not in NEED_A_VERIFIED_EMAIL or principal.email_verified:
            return
        if not self._is_verified(principal.user_id):
            raise Forbidden(
                "Confirm your e-mail address first: open the link in the mail that we sent, or ask for another one.",
                code="email_not_verified",
            )

    def _count_address(self, source_ip: str, limit: Limit | None) -> RateLimitStatus | None:
        if limit is None:
            return None
        return self._rate_limits.admit(subject_of_address(source_ip), _replaced(limit, self._limits_of_installation))

    def _verify_staff(self, token: str) -> Principal:
        if self._verify_key is not None and is_api_key(token):
            return self._verify_key(token)
        return self._tokens.verify_staff(token)


def _check_tenant_is_there(state: TenantState, rule: AccessRule) -> None:
    # Before anything is counted: what is being erased gets no new rows.
    if state is TenantState.ERASING:
        raise Unauthenticated("This organisation was deleted.", code="organisation_deleted")
    if state is TenantState.CLOSED and not rule.while_closed:
        raise Forbidden(
            "This organisation is closed and will be erased; an administrator can open it again until then.",
            code="organisation_closed",
        )


def _operator(signer: str) -> Operator:
    if not signer:
        raise Forbidden("Sign the request with AWS credentials (signature version 4).", code="not_signed")
    return Operator(signer)


def _replaced(limit: Limit, by_name: Mapping[str, int]) -> Limit:
    requests = by_name.get(limit.name)
    return limit if requests is None else replace(limit, requests=requests)


def _bearer_token(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("Sign in first: send `Authorization: Bearer <access token>`.")
    return token.strip()
