"""Mifumo's API keys: how a program signs in, for Mifumo's paths and for all others."""

from http import HTTPStatus

from herald.http.access import requires, with_a_secret_in_its_answer
from herald.http.composition import compose_api
from herald.http.contracts.mifumo import MIFUMO, Envelope
from herald.http.failures import fails_with
from herald.identity.composition import identity
from herald.identity.permissions import Permission

from .schemas import HandOverRequest, KeyRequest, KeyView, NewKeyView, Revoked, RevokeRequest

api = compose_api(MIFUMO)
keys = identity().api_keys
handler = api.handle


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
    return Envelope[NewKeyView](status=201, data=NewKeyView.of(key, api_key=text))


@api.post("/api/auth/api-key/revoke", summary="Revoke an API key", tags=["API keys"])
@fails_with(HTTPStatus.NOT_FOUND)
@requires(Permission.KEYS_MANAGE)
def revoke_key(request: RevokeRequest) -> Envelope[Revoked]:
    """Ends a key of the caller's organisation at once."""
    keys.revoke(api.caller, request.key_id)
    return Envelope[Revoked](data=Revoked(id=request.key_id))


@api.post("/api/auth/api-key/hand-over", summary="Hand an API key over", tags=["API keys"])
@fails_with(HTTPStatus.NOT_FOUND)
@requires(Permission.KEYS_MANAGE)
def hand_over_key(request: HandOverRequest) -> Envelope[KeyView]:
    """Makes another administrator answer for a key, which would end with its owner's work here."""
    return Envelope[KeyView](data=KeyView.of(keys.hand_over(api.caller, request.key_id, request.user_id)))


@api.get("/api/auth/api-keys", summary="List the API keys", tags=["API keys"])
@requires(Permission.KEYS_MANAGE)
def list_keys() -> Envelope[list[KeyView]]:
    """The keys of the caller's organisation, oldest first, without their secrets."""
    return Envelope[list[KeyView]](data=[KeyView.of(key) for key in keys.of_tenant(api.caller)])
