"""Mifumo's API keys: how a program signs in, for Mifumo's paths and for all others."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from herald.http.access import requires, with_a_secret_in_its_answer
from herald.http.composition import compose_api
from herald.http.contracts.mifumo import MIFUMO, Envelope
from herald.identity.composition import identity
from herald.identity.keys.model import LONGEST_NAME, ApiKey
from herald.identity.permissions import Permission
from herald.values.clock import to_text

api = compose_api(MIFUMO)
keys = identity().api_keys
handler = api.handle

_LONGEST_LIFE_DAYS = 3650
_MOST_SCOPES = 50


class KeyRequest(BaseModel):
    """A key that is going to be."""

    model_config = ConfigDict(defer_build=True)

    name: str = Field(default="API key", min_length=1, max_length=LONGEST_NAME, description="What it is for.")
    scopes: list[str] = Field(
        default_factory=list, max_length=_MOST_SCOPES, description="What it may do; all that programs may, if empty."
    )
    expires_in_days: int | None = Field(default=None, ge=1, le=_LONGEST_LIFE_DAYS, description="Never, if left out.")


class RevokeRequest(BaseModel):
    """The key that is to end."""

    model_config = ConfigDict(defer_build=True)

    key_id: str = Field(min_length=1, max_length=100)


class KeyView(BaseModel):
    """A key as its owners see it afterwards: without its secret."""

    model_config = ConfigDict(defer_build=True)

    id: str
    name: str
    prefix: str = Field(description="Enough of it to recognise it by.")
    scopes: list[str]
    created_by: str
    created_at: str
    expires_at: str | None
    last_used_at: str | None = Field(description="Noted once an hour at most.")

    @classmethod
    def of(cls, key: ApiKey) -> Self:
        """The view of a key."""
        return cls(**_seen(key))


class NewKeyView(KeyView):
    """A new key; ``api_key`` is shown this once."""

    api_key: str

    @classmethod
    def with_text(cls, key: ApiKey, text: str) -> Self:
        """The view of a new key."""
        return cls(**_seen(key), api_key=text)


class Revoked(BaseModel):
    """That a key has ended."""

    model_config = ConfigDict(defer_build=True)

    id: str
    revoked: bool = True


@api.post("/api/auth/api-key/generate", status_code=201, summary="Generate an API key", tags=["API keys"])
@with_a_secret_in_its_answer
@requires(Permission.KEYS_MANAGE)
def generate_key(request: KeyRequest) -> Envelope[NewKeyView]:
    """A key for the caller's organisation. Send it as ``Authorization: Bearer <key>``; it is shown this once.

    The same Idempotency-Key gives the same key another text; the earlier one ends within a minute.
    """
    key, text = keys.generate(
        api.caller,
        key_id=api.creation_id(),
        name=request.name,
        scopes=request.scopes,
        days=request.expires_in_days,
    )
    return Envelope[NewKeyView](status=201, data=NewKeyView.with_text(key, text))


@api.post("/api/auth/api-key/revoke", summary="Revoke an API key", tags=["API keys"])
@requires(Permission.KEYS_MANAGE)
def revoke_key(request: RevokeRequest) -> Envelope[Revoked]:
    """Ends a key of the caller's organisation at once."""
    keys.revoke(api.caller, request.key_id)
    return Envelope[Revoked](data=Revoked(id=request.key_id))


@api.get("/api/auth/api-keys", summary="List the API keys", tags=["API keys"])
@requires(Permission.KEYS_MANAGE)
def list_keys() -> Envelope[list[KeyView]]:
    """The keys of the caller's organisation, oldest first, without their secrets."""
    return Envelope[list[KeyView]](data=[KeyView.of(key) for key in keys.of_tenant(api.caller)])


def _seen(key: ApiKey) -> dict[str, object]:
    return {
        "id": key.key_id,
        "name": key.name,
        "prefix": key.hint,
        "scopes": [scope.value for scope in key.scopes],
        "created_by": key.created_by,
        "created_at": to_text(key.created_at),
        "expires_at": to_text(key.expires_at) if key.expires_at else None,
        "last_used_at": to_text(key.last_used_at) if key.last_used_at else None,
    }
