"""The text of a filled part that its pages show."""

from typing import TYPE_CHECKING, Final, NamedTuple

from herald.adapters.word.content import WORD_NAMESPACES, Element

if TYPE_CHECKING:
    from collections.abc import Iterable

# Twice in the file and once on the page; deleted; the code of a field and what only Word shows.
_UNSEEN: Final = frozenset({"Fallback", "del", "moveFrom", "sdtPr", "pPr", "tblPr", "sectPr", "rPr"})
_SPACES: Final = frozenset({"p", "tab", "br", "cr", "tc"})
# What writes letters that stand in no text of Word's.
_WRITING: Final = frozenset({"sym", "chart", "relIds", "txbxContent", "textpath", "oMath", "ruby", "separator"})
_DIGITS: Final = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES", "PAGEREF"})


class VisibleText(NamedTuple):
    """A part's text.

    Attributes:
        text: All of it.
        repeated: What of it stands again on each page that a table goes on.
        is_whole: Whether nothing else in the part writes letters onto a page.
    """

    text: str
    repeated: str
    is_whole: bool


def visible_text(root: Element) -> VisibleText:
    """Read a part's text: not what is hidden, nor what a field says, which is made anew.

    Args:
        root: The part's root element.
    """
    text, is_whole = _Reading().of(root)
    headings = {row for mark in root.iter("{*}tblHeader") for row in mark.iterancestors("{*}tr")}
    return VisibleText(text, " ".join(_Reading().of(row)[0] for row in headings), is_whole)


def numbers_with_letters(numbering: Element) -> bool:
    """Whether the lists of a document put letters before its paragraphs."""
    formats = {value for level in numbering.iter("{*}numFmt") for value in level.attrib.values()}
    texts = (value for level in numbering.iter("{*}lvlText") for value in level.attrib.values())
    return not formats <= {"decimal", "bullet", "none"} or any(letter.isalpha() for text in texts for letter in text)


class _Reading:
    """One walk through a part."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._fields: list[list[str]] = []
        self._is_whole = True

    def of(self, root: Element) -> tuple[str, bool]:
        from lxml import etree

        walk = etree.iterwalk(root, events=("start",))
        for _, element in walk:
            if self._skips(element):
                walk.skip_subtree()
        return "".join(self._pieces), self._is_whole

    def _skips(self, element: Element) -> bool:
        """Note what an element says; tells whether what is inside of it says nothing more."""
        namespace, _, name = element.tag.rpartition("}")
        if name in _UNSEEN or (name == "r" and _is_hidden(element)):
            return True
        if name in _SPACES:
            self._pieces.append(" ")
        if name in _WRITING or (name == "t" and namespace[1:] not in WORD_NAMESPACES):
            self._is_whole = False
        elif name == "t" and not self._fields:
            self._pieces.append(element.text or "")
        elif name == "instrText" and self._fields:
            self._fields[-1].append(element.text or "")
        elif name == "fldChar":
            self._field_mark(element)
        elif name == "fldSimple":
            return self._skips_field(element.get(f"{namespace}}}instr", ""))
        return False

    def _field_mark(self, mark: Element) -> None:
        kind = next((value for key, value in mark.attrib.items() if key.endswith("}fldCharType")), "")
        if kind == "begin":
            self._fields.append([])
        elif self._fields and kind == "separate" and not self._skips_field("".join(self._fields[-1])):
            self._fields.pop()
        elif self._fields and kind == "end":
            self._skips_field("".join(self._fields.pop()))

    def _skips_field(self, code: str) -> bool:
        """Note a field; tells whether it makes its text anew, other than a link, which only leads somewhere."""
        name = next(iter(code.upper().split()), "")
        self._is_whole &= name in _DIGITS or name == "HYPERLINK" or not name
        return name != "HYPERLINK"


def _is_hidden(run: Element) -> bool:
    marks: Iterable[Element] = (mark for properties in run.findall("{*}rPr") for mark in properties)
    return any(mark.tag.rpartition("}")[2] in {"vanish", "webHidden"} for mark in marks)
