"""Report passwords that can be read again: only for PDFs that are themselves protected, and only by the renderer.

AES-256-GCM under a key derived from the installation's secret. What is sealed for one report opens for no other.
"""

import base64
import secrets
from collections.abc import Callable

from herald.errors import Unavailable

_NONCE_BYTES = 12
_KEY_BYTES = 32
_PURPOSE = b"herald: passwords of protected PDFs"


class SealedPasswords:
    """Seals and opens report passwords with the secret that ``key`` gives."""

    def __init__(self, key: Callable[[], str]) -> None:
        self._key = key

    def seal(self, report_id: str, password: str) -> str:
        """A report's password as text that says nothing to whoever reads the table."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = AESGCM(self._derived_key()).encrypt(nonce, password.encode(), report_id.encode())
        return base64.urlsafe_b64encode(nonce + sealed).decode()

    def open(self, report_id: str, sealed: str) -> str:
        """The inverse of `seal`.

        Raises:
            Unavailable: it was sealed for another report, with another secret, or not by us (``password_unreadable``).
        """
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            content = base64.urlsafe_b64decode(sealed)
            nonce, text = content[:_NONCE_BYTES], content[_NONCE_BYTES:]
            return AESGCM(self._derived_key()).decrypt(nonce, text, report_id.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise Unavailable(
                "The password of this report cannot be read any more; set it anew.", code="password_unreadable"
            ) from error

    def _derived_key(self) -> bytes:
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        return HKDF(SHA256(), _KEY_BYTES, salt=None, info=_PURPOSE).derive(self._key().encode())
