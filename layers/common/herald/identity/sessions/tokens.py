"""Signed tokens: who somebody is, for a while, without asking the database.

HMAC-SHA-256 JSON Web Tokens (RFC 7519) with keys from Secrets Manager, named in the header (``kid``), so that a key can
be replaced while tokens of the old one are still good. ``aud`` keeps the two kinds apart: a recipient's token never
is good for staff. Revocation is checked where requests are counted (`herald.identity.rate_limits`).
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import orjson

from herald.errors import Unauthenticated
from herald.identity.model import Principal, Recipient, Role
from herald.identity.sessions.model import SESSION_LIFETIME
from herald.values.clock import Clock, epoch_seconds, utc_now

if TYPE_CHECKING:
    from jwt import PyJWK

ISSUER = "herald"
STAFF_AUDIENCE = "herald:staff"
RECIPIENT_AUDIENCE = "herald:recipient"
LONGEST_TOKEN = 2048
"""Ours stay under 500 characters; more is not worth decoding."""
_ALGORITHM = "HS256"
_FIRST_KEY = "signing_key"
"""The name of the key that an installation begins with; those that follow it begin with the same word."""
_UNVERIFIED = "unverified"
"""The only restriction there is; whoever brings one is looked up where it matters."""
_LAST_MOMENT = 253_402_300_799
"""The last second of the year 9999."""
_MOST_KEYS = 8
"""Far more than an installation has at a time: the new one, and the one before it."""
_MOST_REMEMBERED = 1000
"""Tokens, with what they say: a megabyte at most, of a function that so many people ask."""


class AccessTokens:
    """Issues and verifies tokens with the signing keys that ``signing_keys`` gives."""

    def __init__(
        self,
        signing_keys: Callable[[], Mapping[str, str]],
        *,
        lifetime: timedelta = SESSION_LIFETIME,
        clock: Clock = utc_now,
    ) -> None:
        """Choose the keys.

        Args:
            signing_keys: gives the secret: entries whose names begin with ``signing_key`` are keys, and ``current``
                names the one that signs (``signing_key`` where it names none).
            lifetime: how long a staff token is good.
            clock: tells the time.
        """
        self._signing_keys = signing_keys
        self._lifetime = lifetime
        self._clock = clock

    @property
    def lifetime(self) -> timedelta:
        """How long a staff token is good."""
        return self._lifetime

    def issue_to_staff(self, principal: Principal) -> str:
        """A token for a signed-in user."""
        restriction = {} if principal.email_verified else {"restriction": _UNVERIFIED}
        return self._sign(
            {
                "sub": principal.user_id,
                "tenant": principal.tenant_id,
                "role": principal.role,
                "session": principal.session_id,
                **restriction,
            },
            audience=STAFF_AUDIENCE,
            expires_at=self._clock() + self._lifetime,
        )

    def issue_to_recipient(self, recipient: Recipient, *, expires_at: datetime) -> str:
        """A token for somebody who opened a link and knew its password; good for that one report."""
        return self._sign(
            {"sub": recipient.report_id, "tenant": recipient.tenant_id, "link": recipient.link_id},
            audience=RECIPIENT_AUDIENCE,
            expires_at=expires_at,
        )

    def verify_staff(self, token: str) -> Principal:
        """Who a staff token names.

        Raises:
            Unauthenticated: ``token_expired``, or ``auth_required`` for every other fault.
        """
        claims = self._verify(token, audience=STAFF_AUDIENCE, texts=("sub", "tenant", "role", "session"))
        return Principal(
            user_id=claims["sub"],
            tenant_id=claims["tenant"],
            role=_role(claims["role"]),
            session_id=claims["session"],
            email_verified="restriction" not in claims,
        )

    def verify_recipient(self, token: str) -> Recipient:
        """Whose report a recipient's token opens.

        Raises:
            Unauthenticated: ``token_expired``, or ``auth_required`` for every other fault.
        """
        claims = self._verify(token, audience=RECIPIENT_AUDIENCE, texts=("sub", "tenant", "link"))
        return Recipient(tenant_id=claims["tenant"], report_id=claims["sub"], link_id=claims["link"])

    def _sign(self, claims: dict[str, str], *, audience: str, expires_at: datetime) -> str:
        import jwt

        keys = self._signing_keys()
        name = keys.get("current", _FIRST_KEY)
        times = {"iat": epoch_seconds(self._clock()), "exp": epoch_seconds(expires_at)}
        content = {"iss": ISSUER, "aud": audience, **times, **claims}
        return jwt.encode(content, keys[name], algorithm=_ALGORITHM, headers={"kid": name})

    def _verify(self, token: str, *, audience: str, texts: tuple[str, ...]) -> Mapping[str, Any]:
        if len(token) > LONGEST_TOKEN:
            raise _not_ours()
        claims = _signed_claims(token, self._key_of(token), audience, texts)
        if claims["exp"] <= epoch_seconds(self._clock()):
            raise Unauthenticated("The access token has expired; sign in again.", code="token_expired")
        return claims

    def _key_of(self, token: str) -> str:
        """The key that a token says it was signed with; only names in the secret count, whatever the header says."""
        name = _header(token).get("kid", _FIRST_KEY)
        keys = self._signing_keys()
        if not isinstance(name, str) or not name.startswith(_FIRST_KEY) or name not in keys:
            raise _not_ours()
        return keys[name]


@lru_cache(maxsize=_MOST_REMEMBERED)
def _signed_claims(token: str, key: str, audience: str, texts: tuple[str, ...]) -> Mapping[str, Any]:
    """What a token says that this key has signed.

    That never changes, so it is remembered. What changes is asked for each time, by whoever calls: whether the key is
    still one of ours, the token still lives, and its session has not ended.

    Raises:
        Unauthenticated: another key has signed it, or it does not say what ours do.
    """
    import jwt

    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            _prepared(key),
            algorithms=[_ALGORITHM],
            audience=audience,
            issuer=ISSUER,
            options={"require": [*texts, "exp"], "verify_exp": False, "verify_iat": False},
        )
    except jwt.InvalidTokenError as error:
        raise _not_ours() from error
    _check_types(claims, texts)
    return MappingProxyType(claims)


@lru_cache(maxsize=_MOST_KEYS)
def _prepared(key: str) -> "PyJWK":
    """A signing key as PyJWT takes it without looking anew, at each token, for the form it may be in."""
    from jwt import PyJWK

    encoded = urlsafe_b64encode(key.encode()).rstrip(b"=").decode()
    return PyJWK({"kty": "oct", "k": encoded, "alg": _ALGORITHM})


def _header(token: str) -> dict[str, Any]:
    # PyJWT's reader of headers decodes the whole token, which is decoded anyhow once its key is known.
    try:
        header = orjson.loads(urlsafe_b64decode(token.partition(".")[0] + "=="))
    except ValueError as error:
        raise _not_ours() from error
    return header if isinstance(header, dict) else {}


def _check_types(claims: Mapping[str, object], texts: Iterable[str]) -> None:
    # What is signed may still be made by another program that has a key.
    end = claims["exp"]
    is_moment = isinstance(end, int) and not isinstance(end, bool) and 0 <= end <= _LAST_MOMENT
    if not is_moment or not all(isinstance(claims[name], str) for name in texts):
        raise _not_ours()


def _role(name: str) -> Role:
    try:
        return Role(name)
    except ValueError as error:  # a role that was done away with since
        raise _not_ours() from error


def _not_ours() -> Unauthenticated:
    return Unauthenticated("The access token is not valid; sign in again.")
