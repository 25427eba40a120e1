"""Report passwords: short by nature (a birth date, six digits), so what guards them is a key and a lock.

A slow hash would not save six digits from whoever steals the table, and would cost an hour of CPU for a hundred
thousand rows. A hash keyed with a secret that is not in the table does, and five wrong tries lock the link. See
docs/decisions/0004-report-passwords.md.
"""

import hashlib
import hmac
from collections.abc import Callable

_GENERATED_DIGITS = 8
_LONGEST = 128


class ReportPasswords:
    """Hashes and checks report passwords with the key that ``key`` gives."""

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


def _normal(password: str) -> str:
    return password.strip()[:_LONGEST]
