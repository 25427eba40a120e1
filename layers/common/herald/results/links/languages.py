"""Which language a person is spoken to in: as a sheet names it, as a browser asks for it, or English."""

import unicodedata

LANGUAGES = ("en", "es", "pt", "fr", "sw")
"""ISO 639-1, in the order in which a page offers them."""
DEFAULT_LANGUAGE = "en"
_MOST_RANGES = 20
"""Of an Accept-Language header; browsers send fewer than ten."""
_OTHER_NAMES = {
    "eng": "en",
    "english": "en",
    "ingles": "en",
    "anglais": "en",
    "spa": "es",
    "spanish": "es",
    "espanol": "es",
    "castellano": "es",
    "por": "pt",
    "portuguese": "pt",
    "portugues": "pt",
    "fra": "fr",
    "fre": "fr",
    "french": "fr",
    "francais": "fr",
    "swa": "sw",
    "swahili": "sw",
    "kiswahili": "sw",
}


def known_language(text: str) -> str:
    """The language that a word names: a code (``pt``, ``pt-BR``, ``por``) or a name; empty where it is none of ours."""
    decomposed = unicodedata.normalize("NFKD", text[:40].strip().lower())
    word = "".join(character for character in decomposed if not unicodedata.combining(character))
    code = word.replace("_", "-").partition("-")[0]
    return code if code in LANGUAGES else _OTHER_NAMES.get(word, _OTHER_NAMES.get(code, ""))


def preferred_language(accept_language: str) -> str:
    """The best of ours in an Accept-Language header (RFC 9110, section 12.5.4); empty where there is none."""
    ranges = [_language_range(part) for part in accept_language.split(",")[:_MOST_RANGES]]
    for weight, language in sorted(ranges, key=lambda wanted: -wanted[0]):
        if weight > 0 and language:
            return language
    return ""


def _language_range(part: str) -> tuple[float, str]:
    language, _, weight = part.partition(";")
    try:
        return float(weight.strip().removeprefix("q=") or 1), known_language(language)
    except ValueError:
        return 0, ""
