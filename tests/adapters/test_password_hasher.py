import pytest

from herald.adapters.password_hasher import Argon2PasswordHasher


def test_only_the_password_that_made_a_hash_matches_it() -> None:
    passwords = Argon2PasswordHasher()
    made = passwords.hash("securePassword123")

    assert made.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.matches(made, "securePassword123")
    assert not passwords.matches(made, "securePassword124")


def test_the_same_password_is_hashed_differently_each_time() -> None:
    passwords = Argon2PasswordHasher()

    assert passwords.hash("securePassword123") != passwords.hash("securePassword123")


@pytest.mark.parametrize("kept", ["", "plain text"])
def test_what_is_no_hash_matches_nothing(kept: str) -> None:
    for password in ("", kept, "nobody has this password"):
        assert not Argon2PasswordHasher().matches(kept, password)


def test_a_damaged_hash_matches_nothing() -> None:
    assert not Argon2PasswordHasher().matches("$argon2id$damaged", "anything")
