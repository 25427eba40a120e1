"""Addresses as keyed hashes, by which a STOP is found again when the person themselves has been erased."""

import hmac
from collections.abc import Callable
from hashlib import sha256

_WIDTH = 32
"""Hexadecimal digits: 128 bits."""


class AddressHash:
    """Hashes addresses with a key of the installation's, so that nobody finds out numbers by trying them all."""

    def __init__(self, read_key: Callable[[], str]) -> None:
        self._read_key = read_key

    def of(self, tenant_id: str, address: str) -> str:
        """The hash of a phone number (E.164), an e-mail address or a WhatsApp user id; another one in each tenant."""
        message = f"{tenant_id}\n{address}".encode()
        return hmac.new(self._read_key().encode(), message, sha256).hexdigest()[:_WIDTH]
