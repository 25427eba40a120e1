"""The words by which a contact is found."""

import re
import unicodedata

from herald.audience.contacts.model import Contact
from herald.values.search import folded, search_term

LONGEST_WORD = 64
MOST_WORDS = 40
_DIGITS = re.compile(r"\d+")
_FEWEST_DIGITS = 3
"""Fewer say nothing of a number: the last group of one has two or more."""


def words_of(contact: Contact | None) -> dict[str, int]:
    """Everything whose beginning finds a contact; nothing for one that is deleted.

    Beside each word stands how many of its first letters another one, before it in the alphabet, has as well: a search
    for so many or fewer finds the contact by that one already.

    The words of its name, its address and that before the ``@``, its own id, and the digits of its number from the
    beginning of each group on: ``+255 700 000 001`` is found by 255700, 7000, 0000 and 001.
    """
    if contact is None or contact.deleted_at is not None:
        return {}
    local_part = contact.email.partition("@")[0]
    texts = [*_split(contact.name), contact.email, *_split(local_part), folded(contact.external_id)]
    words = [text[:LONGEST_WORD] for text in texts if text]
    ordered = sorted({*[*dict.fromkeys(words)][:MOST_WORDS], *_suffixes_of(contact.phone)})
    return {word: _letters_shared(before, word) for before, word in zip(["", *ordered], ordered, strict=False)}


def terms_of(search: str) -> list[str]:
    """The beginnings of words that a search asks for, all of them; the longest first, which is the rarest mostly."""
    term = search_term(search)
    digits = "".join(_DIGITS.findall(term))
    if digits and not any(character.isalpha() or character == "@" for character in term):
        return [digits]
    terms = [term] if "@" in term else _split(search)
    return sorted(dict.fromkeys(each[:LONGEST_WORD] for each in terms if each), key=len, reverse=True)


def matches(contact: Contact, terms: list[str]) -> bool:
    """Whether a word of a contact begins with each of the terms."""
    words = words_of(contact)
    return all(any(word.startswith(term) for word in words) for term in terms)


def _letters_shared(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return next(
        (position for position, (ours, theirs) in enumerate(pairs) if ours != theirs), min(len(one), len(other))
    )


def _split(text: str) -> list[str]:
    """The words of a text as they are compared."""
    return "".join(character if _is_of_a_word(character) else " " for character in folded(text)).split()


def _is_of_a_word(character: str) -> bool:
    """Letters and digits of any script, and the vowel signs that stand on them."""
    return character.isalnum() or unicodedata.category(character).startswith("M")


def _suffixes_of(phone: str) -> frozenset[str]:
    """The digits of a number from the beginning of each of its groups on."""
    if not phone:
        return frozenset()
    import phonenumbers

    number = phonenumbers.parse(phone, None)
    grouped = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    groups = _DIGITS.findall(grouped)
    suffixes = ("".join(groups[start:]) for start in range(len(groups)))
    return frozenset(suffix for suffix in suffixes if len(suffix) >= _FEWEST_DIGITS)
