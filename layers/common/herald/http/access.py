"""Who may call a route, and how often: declared beside the route, enforced before its body is parsed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar

from herald.identity.permissions import Permission
from herald.identity.rate_limits.model import Limit

Handler = TypeVar("Handler", bound=Callable[..., Any])

_ATTRIBUTE = "__herald_access__"
_NOT_KEPT_ATTRIBUTE = "__herald_answer_is_not_kept__"
_PERSONAL_ATTRIBUTE = "__herald_shows_personal_data__"

_CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class CallerKind(StrEnum):
    """Who a route is for."""

    EVERYONE = "everyone"
    STAFF = "staff"
    RECIPIENT = "recipient"
    OPERATOR = "operator"
    """Whoever runs the installation: the API lets nobody through who has not signed for IAM."""
    SESSION_HOLDER = "session_holder"
    """Whose refresh token stands in the body: the route finds out whose it is, and counts then."""


SIGN_IN = Limit("sign_in", 5)
"""ResultFlow and Mifumo: "Authentication endpoints: 5 requests per minute per IP"; an installation may raise it."""

RENEWAL = Limit("renewal", 5)
"""Of one session, not of an address: a whole office renews its sessions from one."""


@dataclass(frozen=True, slots=True)
class AccessRule:
    """Who may call, and how often.

    A ``limit`` is counted per user, per link or per address, by kind of caller. Without one, the API's contract says
    how often; it says nothing of everyone, who is then not counted at all. ``cookie`` names where a browser keeps its
    access token; where it is empty, the Authorization header brings it. ``permission`` is what a member of staff
    needs. ``while_closed`` says that the route is there for them also while their organisation is closed.
    """

    caller_kind: CallerKind
    limit: Limit | None = None
    cookie: str = ""
    permission: Permission | None = None
    while_closed: bool = False


STAFF_ONLY = AccessRule(CallerKind.STAFF)


def requires(permission: Permission, *, limit: Limit | None = None) -> Callable[[Handler], Handler]:
    """Marks a route for staff whose role, and whose key where they come with one, allows this."""
    return _mark(AccessRule(CallerKind.STAFF, limit, permission=permission))


def also_while_closed(handler: Handler) -> Handler:
    """Marks a route for staff, above `requires`, as one that is there also while their organisation is closed."""
    return _mark(replace(access_rule_of(handler), while_closed=True))(handler)


def open_to_everyone(*, limit: Limit | None = None) -> Callable[[Handler], Handler]:
    """Marks a route that needs no sign-in; a limit, where given, is counted per source address."""
    return _mark(AccessRule(CallerKind.EVERYONE, limit))


def for_recipients(*, cookie: str = "") -> Callable[[Handler], Handler]:
    """Marks a route for whoever opened a link with its password; a page's, where a cookie brings their token."""
    return _mark(AccessRule(CallerKind.RECIPIENT, cookie=cookie))


def for_operators() -> Callable[[Handler], Handler]:
    """Marks a route for whoever runs the installation; its path must have IAM's authorization in template.yaml."""
    return _mark(AccessRule(CallerKind.OPERATOR))


def for_renewals() -> Callable[[Handler], Handler]:
    """Marks a route for whoever has a refresh token; it is counted per session (`HttpApi.count_session`)."""
    return _mark(AccessRule(CallerKind.SESSION_HOLDER, RENEWAL))


def with_a_secret_in_its_answer(handler: Handler) -> Handler:
    """Marks a route whose answer must not be kept for a repeated request: it runs again, and must be able to."""
    setattr(handler, _NOT_KEPT_ATTRIBUTE, True)
    return handler


def has_a_secret_in_its_answer(handler: Callable[..., Any]) -> bool:
    """Whether a route is so marked."""
    return bool(getattr(handler, _NOT_KEPT_ATTRIBUTE, False))


def shows_personal_data(handler: Handler) -> Handler:
    """Marks a route by which staff read somebody's results: each reading is in the audit log, as each change is."""
    setattr(handler, _PERSONAL_ATTRIBUTE, True)
    return handler


def is_audited(method: str, handler: Callable[..., Any]) -> bool:
    """Whether a good answer of a route belongs in the audit log: it changes something, or shows personal data."""
    return method in _CHANGING or bool(getattr(handler, _PERSONAL_ATTRIBUTE, False))


def access_rule_of(handler: Callable[..., Any]) -> AccessRule:
    """The rule of a route; one without a mark is for anybody who is signed in."""
    rule = getattr(handler, _ATTRIBUTE, STAFF_ONLY)
    assert isinstance(rule, AccessRule)  # noqa: S101 - only `_mark` writes it
    return rule


def _mark(rule: AccessRule) -> Callable[[Handler], Handler]:
    def mark(handler: Handler) -> Handler:
        setattr(handler, _ATTRIBUTE, rule)
        return handler

    return mark
