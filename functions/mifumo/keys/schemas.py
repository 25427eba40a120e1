"""What Mifumo's key endpoints take and show."""

from typing import Annotated, Literal

from pydantic import Field, WithJsonSchema

from herald.http.schemas import RequestBody, Timestamp, View
from herald.identity.keys.model import LONGEST_NAME, POSSIBLE_SCOPES
from herald.identity.permissions import Permission

_LONGEST_LIFE_DAYS = 3650
_MOST_SCOPES = 50

Scope = Annotated[str, WithJsonSchema({"type": "string", "enum": [*POSSIBLE_SCOPES]})]
"""What a key may be confined to; what is none is refused with those there are."""


class RevokeRequest(RequestBody):
    """The key that is to end."""

    key_id: str = Field(min_length=1, max_length=100)
    """UUID of the key, its `id` in the list."""


class HandOverRequest(RequestBody):
    """The key that another administrator is to answer for, and who."""

    key_id: str = Field(min_length=1, max_length=100)
    """UUID of the key, its `id` in the list."""
    user_id: str = Field(min_length=1, max_length=100)
    """UUID of the administrator, the `id` of their profile; anybody else is not found."""


class KeyView(View):
    """A key as its owners see it afterwards: without its secret."""

    id: str = Field(validation_alias="key_id")
    """UUID of the key: revoke it by it."""
    name: str
    """What it is for, as its maker said."""
    prefix: str = Field(validation_alias="hint", examples=["hk_…a1B2c3"])
    """Enough of it to recognise it by."""
    scopes: list[Permission]
    """What it may do."""
    created_by: str
    """UUID of the administrator who made it."""
    owner: str
    """UUID of the administrator with whose work here it ends."""
    created_at: Timestamp
    """When it was made."""
    expires_at: Timestamp | None
    """When it ends by itself; null for an old one that has no end."""
    last_used_at: Timestamp | None
    """Noted once an hour at most; null where it was never used."""


class KeyRequest(RequestBody):
    """A key that is going to be."""

    shown_by = KeyView

    name: str = Field(default="API key", min_length=1, max_length=LONGEST_NAME)
    """What it is for, to be recognised by in the list."""
    scopes: list[Scope] = Field(default_factory=list, max_length=_MOST_SCOPES)
    """What it may do; all that programs may, if empty."""
    expires_in_days: int | None = Field(default=None, ge=1, le=_LONGEST_LIFE_DAYS)
    """After how many days it ends by itself; a year, if left out."""


class NewKeyView(KeyView):
    """A new key; ``api_key`` is shown this once."""

    api_key: str = Field(examples=["hk_..."])
    """Send it as `Authorization: Bearer <api_key>`. It is shown this once; keep it like a password."""


class Revoked(View):
    """That a key has ended."""

    id: str
    """Of what has ended, as it was sent."""
    revoked: Literal[True] = True
    """True: it is good no more."""
