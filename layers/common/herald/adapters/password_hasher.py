"""Password hashes: argon2id with OWASP's first recommended setting (19 MiB, two passes, one lane)."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

_MEMORY_KIB = 19 * 1024
_PASSES = 2
_LANES = 1


class Argon2PasswordHasher:
    """Hashes and checks passwords; a check costs the same whether or not there is a hash to check against."""

    def hash(self, password: str) -> str:
        """A salted argon2id hash in its standard text form."""
        return _hasher().hash(password)

    def matches(self, password_hash: str, password: str) -> bool:
        """Whether the password made the hash; an empty hash matches nothing, and takes as long."""
        from argon2.exceptions import InvalidHashError, VerificationError

        try:
            _hasher().verify(password_hash or _nobodys_hash(), password)
        except (VerificationError, InvalidHashError):
            return False
        return bool(password_hash)


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=_PASSES, memory_cost=_MEMORY_KIB, parallelism=_LANES)


@cache
def _nobodys_hash() -> str:
    return _hasher().hash("nobody has this password")
