"""What a template says itself: whether the fonts have all of its characters."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from herald.adapters.installed_fonts import Coverage, described
from herald.adapters.word.content import Element
from herald.errors import Invalid

_LONGEST_SHOWN: Final = 200
# Where the symbol fonts of old have their signs: LibreOffice finds those by the name of the font.
_SYMBOLS: Final = dict.fromkeys(range(0xF000, 0xF100))


class OwnParagraph(NamedTuple):
    """A paragraph of a template that is not plain ASCII, and the part it stands in."""

    part: str
    text: str


def own_paragraphs(part: str, root: Element) -> Iterator[OwnParagraph]:
    """The paragraphs, and the signs of lists, of a part of which not every font has all characters."""
    for paragraph in root.iter("{*}p"):
        text = "".join(element.text or "" for element in paragraph.iter("{*}t"))
        if not text.isascii():
            yield OwnParagraph(part, text)
    for sign in root.iter("{*}lvlText"):
        text = "".join(value for key, value in sign.attrib.items() if key.endswith("}val"))
        if not text.isascii():
            yield OwnParagraph(part, text)


def refuse_unprintable(paragraphs: Iterable[OwnParagraph], fonts: Coverage) -> None:
    """Refuse a template with a character that no font has.

    Raises:
        Invalid: ``template_character_missing``, with ``paragraph``, ``part`` and ``character``.
    """
    for part, text in paragraphs:
        character = fonts.missing(text.translate(_SYMBOLS))
        if character:
            raise Invalid(
                f"No font here has the character {described(character)} of the template, near “{text[:80]}”.",
                code="template_character_missing",
                fields={"paragraph": text[:_LONGEST_SHOWN], "part": part, "character": f"U+{ord(character):04X}"},
            )
