"""Passwords that others would guess are refused, with advice on a better one.

Length first (`herald.identity.accounts.model`), then what is known of leaked passwords (NIST SP 800-63B, section
5.1.1.2): a short list of our own, and the estimator zxcvbn, which has lists of common passwords, names and words, and
knows dates, keyboard walks, repetitions and letters in disguise.
"""

import re
from collections.abc import Iterable

from herald.errors import Invalid
from herald.identity.accounts.model import check_new_password

LOWEST_SCORE = 2
"""Of zxcvbn's 0 to 4: below, fewer than a million guesses are enough."""
_CHARACTERS_LOOKED_AT = 72
"""zxcvbn's own limit; its time grows fast with the length."""
_FEWEST_OF_ONES_OWN = 4
_PARTS = re.compile(r"[^\W_]{3,}")
_OURS = frozenset({"herald", "resultflow", "pytake", "iperform", "mifumo"})
_COMMON = frozenset(
    {
        "changeme",
        "changeme1",
        "changeme123",
        "letmein123",
        "password12",
        "password2024",
        "password2025",
        "password2026",
        "qwerty123456",
        "temporary1",
        "welcome123",
        "welcome2026",
    }
)
"""Common where organisations hand out first passwords, and not in zxcvbn's lists as such."""


def check_password(password: str, *, email: str, words: Iterable[str] = ()) -> None:
    """Refuses a password that is too short, too long, or easily guessed.

    Args:
        password: as it was typed.
        email: its owner's address.
        words: what else is known of its owner, such as their name.

    Raises:
        Invalid: with the reason under ``password``.
    """
    check_new_password(password, email=email)
    if password.casefold() in _COMMON:
        raise _too_easy("This is a very common password.")

    known = _OURS | {part.casefold() for text in (email, *words) for part in _PARTS.findall(text)}
    if _is_made_of(known, password):
        raise _too_easy("It is made of what others know of you. Add another word or two.")

    from zxcvbn import zxcvbn

    found = zxcvbn(password[:_CHARACTERS_LOOKED_AT], user_inputs=sorted(known))
    if found["score"] < LOWEST_SCORE:
        feedback = found["feedback"]
        raise _too_easy(" ".join([str(feedback["warning"]), *map(str, feedback["suggestions"])]).strip())


def _is_made_of(known: frozenset[str], password: str) -> bool:
    """Whether hardly a letter or digit is left of a password without the words that are known."""
    longest_first = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
    rest = re.sub(longest_first, "", password.casefold())
    return len(rest) < len(password) and len(re.sub(r"[\W_]", "", rest)) < _FEWEST_OF_ONES_OWN


def _too_easy(advice: str) -> Invalid:
    return Invalid(
        f"This password is too easy to guess. {advice}".strip(),
        fields={"password": advice or "too easy to guess"},
    )
