"""What a filled document says, to be looked for in the PDF that was made of it among others."""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from herald.values.search import folded

_SHORTEST_WORD: Final = 3
_FROM_RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})


@dataclass(frozen=True, slots=True)
class ExpectedText:
    """The letters and digits of a document, as `letters_of` gives them.

    Attributes:
        words: Of the body, each once.
        body: How often each letter and digit stands in the body.
        around: How often in headers and footers, which each page may show.
        is_whole: Whether nothing else writes letters onto a page: no field, no drawing, no numbering by letters.
    """

    words: frozenset[str] = frozenset()
    body: Counter[str] = field(default_factory=Counter)
    around: Counter[str] = field(default_factory=Counter)
    is_whole: bool = False

    def stands_in(self, pages: Sequence[str]) -> bool:
        """Whether pages hold all the text of the body, and no letter that neither the body nor a header has.

        Where lines break, in which order columns come and what a capital looks like makes no difference.

        Args:
            pages: The text of each page.
        """
        printed = letters_of("".join(pages))
        found = Counter(printed)
        if not self.body <= found or not all(word in printed for word in self.words):
            return False
        if not self.is_whole:
            return True
        most = {letter: count * len(pages) for letter, count in self.around.items()}
        return all(
            count <= self.body[letter] + most.get(letter, 0) for letter, count in found.items() if letter.isalpha()
        )


def expected_text(body: str, around: str, *, is_whole: bool) -> ExpectedText:
    """What is expected of a document with these texts, words being divided by spaces."""
    words = {letters_of(word) for word in body.split()}
    return ExpectedText(
        frozenset(filter(_can_be_found, words)),
        Counter(letters_of(body)),
        Counter(letters_of(around)),
        is_whole,
    )


def _can_be_found(word: str) -> bool:
    """Whether a word is told from others; what runs from right to left, a PDF may hold in either order."""
    return len(word) >= _SHORTEST_WORD and _FROM_RIGHT_TO_LEFT.isdisjoint(map(unicodedata.bidirectional, word))


def letters_of(text: str) -> str:
    """The letters and digits of a text in one form each: a ligature as its letters, without case and accents."""
    return "".join(filter(str.isalnum, folded(text)))
