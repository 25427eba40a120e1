"""Searching what people typed: without regard to case and accents."""

import re
import unicodedata

_PHONE_LIKE = re.compile(r"[+\d][\d\s().\-/]*")
_NOT_IN_A_NUMBER = re.compile(r"[\s().\-/]")


def folded(text: str) -> str:
    """A text as it is compared: in lower case, without accents."""
    # Twice: taking a character apart can give a capital letter (a mathematical one), and folding one an accent (İ).
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).casefold()
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def search_term(words: str) -> str:
    """What a search for these words looks for; a number is found however its digits are grouped."""
    words = words.strip()
    if _PHONE_LIKE.fullmatch(words):
        return _NOT_IN_A_NUMBER.sub("", words)
    return folded(words)
