"""Searching what people typed: without regard to case and accents."""

import re
import unicodedata

_PHONE_LIKE = re.compile(r"(?:tel:)?[+(\d][\d\s().\-/\u2010-\u2015\u2212]*", re.ASCII | re.IGNORECASE)
_TRUNK_PREFIX = re.compile(r"\(0\)")
"""What is left out behind a country code: ``+44 (0)20 7946 0958``."""
_NOT_IN_A_NUMBER = re.compile(r"[^+\d]", re.ASCII)
_FEWEST_DIGITS_DIALLED = 7
"""Fewer may be a part of a number, whose zeros count."""


def folded(text: str) -> str:
    """A text as it is compared: in lower case, without accents."""
    # Twice: taking a character apart can give a capital letter (a mathematical one), and folding one an accent (İ).
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).casefold()
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def search_term(words: str) -> str:
    """What a search for these words looks for; a number is found in whatever form it is written or dialled.

    Stored numbers are in E.164, so that the zeros which are dialled before a number, at home or abroad, are not there.
    """
    words = unicodedata.normalize("NFKC", words).strip()
    if not _PHONE_LIKE.fullmatch(words):
        return folded(words)
    digits = _NOT_IN_A_NUMBER.sub("", _TRUNK_PREFIX.sub("", words))
    return digits.lstrip("0") if len(digits) >= _FEWEST_DIGITS_DIALLED else digits
