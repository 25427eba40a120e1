"""What Mifumo's key endpoints take and show."""

from pydantic import Field

from herald.http.schemas import RequestBody, Timestamp, View
from herald.identity.keys.model import LONGEST_NAME

_LONGEST_LIFE_DAYS = 3650
_MOST_SCOPES = 50


class RevokeRequest(RequestBody):
    """The key that is to end."""

    key_id: str = Field(min_length=1, max_length=100)


class HandOverRequest(RequestBody):
    """The key that another administrator is to answer for, and who."""

    key_id: str = Field(min_length=1, max_length=100)
    user_id: str = Field(min_length=1, max_length=100)


class KeyView(View):
    """A key as its owners see it afterwards: without its secret."""

    id: str = Field(validation_alias="key_id")
    name: str
    prefix: str = Field(validation_alias="hint", description="Enough of it to recognise it by.")
    scopes: list[str]
    created_by: str
    owner: str = Field(description="The administrator with whose work here it ends.")
    created_at: Timestamp
    expires_at: Timestamp | None
    last_used_at: Timestamp | None = Field(description="Noted once an hour at most.")


class KeyRequest(RequestBody):
    """A key that is going to be."""

    shown_by = KeyView

    name: str = Field(default="API key", min_length=1, max_length=LONGEST_NAME, description="What it is for.")
    scopes: list[str] = Field(
        default_factory=list, max_length=_MOST_SCOPES, description="What it may do; all that programs may, if empty."
    )
    expires_in_days: int | None = Field(default=None, ge=1, le=_LONGEST_LIFE_DAYS, description="A year, if left out.")


class NewKeyView(KeyView):
    """A new key; ``api_key`` is shown this once."""

    api_key: str


class Revoked(View):
    """That a key has ended."""

    id: str
    revoked: bool = True
