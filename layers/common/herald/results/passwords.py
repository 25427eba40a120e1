"""Report passwords: short by nature (a birth date, six digits), so what guards them is a key and a lock.

A slow hash would not save six digits from whoever steals the table, and would cost an hour of CPU for a hundred
thousand rows. A hash keyed with a secret that is not in the table does, and five wrong tries lock the link. See
docs/decisions/0004-report-passwords.md.

Where a PDF is itself protected, the renderer must read its password again: it is sealed with AES-256-GCM under a key
derived from the same secret. What is sealed for one report opens for no other.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable

from herald.errors import Unavailable

_GENERATED_DIGITS = 8
_LONGEST = 128
_NONCE_BYTES = 12
_KEY_BYTES = 32
_PURPOSE = b"herald: passwords of protected PDFs"


class ReportPasswords:
    """Hashes, checks, seals and opens report passwords with the secret that ``key`` gives."""

    def __init__(self, key: Callable[[], str]) -> None:
        self._key = key

    def hash(self, report_id: str, password: str) -> str:
        """The keyed hash of one report's password; equal passwords of two reports differ."""
        text = f"{report_id}\n{_normal(password)}".encode()
        return hmac.new(self._key().encode(), text, hashlib.sha256).hexdigest()

    def generate(self, message_id: str) -> str:
        """A password for a report whose sheet has none: eight digits, easy to read out on a phone.

        It is derived from the id of the message that brings the report, so that a request which died half-way gives the
        same one when it is tried again.
        """
        digest = hmac.new(self._key().encode(), f"generate\n{message_id}".encode(), hashlib.sha256).digest()
        return f"{int.from_bytes(digest) % 10**_GENERATED_DIGITS:0{_GENERATED_DIGITS}d}"

    def matches(self, report_id: str, password: str, password_hash: str) -> bool:
        """Whether the password is the report's, in constant time."""
        return hmac.compare_digest(self.hash(report_id, password), password_hash)

    def seal(self, report_id: str, password: str) -> str:
        """A report's password as text that says nothing to whoever reads the table."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = AESGCM(self._sealing_key()).encrypt(nonce, password.encode(), report_id.encode())
        return base64.urlsafe_b64encode(nonce + sealed).decode()

    def unseal(self, report_id: str, sealed: str) -> str:
        """The inverse of `seal`.

        Raises:
            Unavailable: it was sealed for another report, with another secret, or not by us (``password_unreadable``).
        """
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            content = base64.urlsafe_b64decode(sealed)
            nonce, text = content[:_NONCE_BYTES], content[_NONCE_BYTES:]
            return AESGCM(self._sealing_key()).decrypt(nonce, text, report_id.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise Unavailable(
                "The password of this report cannot be read any more; set it anew.", code="password_unreadable"
            ) from error

    def _sealing_key(self) -> bytes:
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        return HKDF(SHA256(), _KEY_BYTES, salt=None, info=_PURPOSE).derive(self._key().encode())


def _normal(password: str) -> str:
    return password.strip()[:_LONGEST]
