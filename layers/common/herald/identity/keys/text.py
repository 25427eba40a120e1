"""The text of an API key, which is not kept.

It is ``hk_``, its tenant's id in 22 characters and a secret of 32 random ones (190 bits), so that it is looked up in
its own tenant and nowhere else.
"""

import hashlib

from herald.errors import Unauthenticated
from herald.values.ids import compact_id, expand_id

PREFIX = "hk_"
SECRET_CHARACTERS = 32
_TENANT_CHARACTERS = 22


def is_api_key(token: str) -> bool:
    """Whether a bearer token is meant as an API key."""
    return token.startswith(PREFIX)


def hash_of(secret: str) -> str:
    """What is kept of a key's secret; it is random and long, so that a fast hash will do."""
    return hashlib.sha256(secret.encode()).hexdigest()


def join_key(tenant_id: str, secret: str) -> str:
    return f"{PREFIX}{compact_id(tenant_id)}{secret}"


def split_key(text: str) -> tuple[str, str]:
    """The tenant's id and the secret of a key's text.

    Raises:
        Unauthenticated: it is none of ours.
    """
    tenant_part, secret = text[len(PREFIX) :][:_TENANT_CHARACTERS], text[len(PREFIX) + _TENANT_CHARACTERS :]
    if len(secret) != SECRET_CHARACTERS:
        raise unknown_key()
    try:
        return expand_id(tenant_part), secret
    except ValueError as error:
        raise unknown_key() from error


def unknown_key() -> Unauthenticated:
    return Unauthenticated("The API key is not valid.")
