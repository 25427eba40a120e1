"""A document's parts made ready to be one row among others: names, numbers and pages that are the row's own."""

import re
from collections.abc import Mapping
from typing import Final

from herald.adapters.word.content import Element
from herald.adapters.word.mergeable import TOTAL_PAGES

_PARAGRAPH_TAG: Final = re.compile(r"<(?P<closing>/?)w:p(?=[ />])[^>]*?(?P<empty>/?)>")
_OFFICE_ID: Final = re.compile(r"\{[^}]*/relationships\}id")
_BEFORE_TYPE: Final = frozenset({"headerReference", "footerReference", "footnotePr", "endnotePr"})
_AFTER_NUMBERS: Final = frozenset(
    {"cols", "formProt", "vAlign", "noEndnote", "titlePg", "textDirection", "bidi", "rtlGutter", "docGrid"}
    | {"printerSettings"}
)


def row_name(number: int | str) -> str:
    """The bookmark, and the PDF destination, at which a row begins; rows count from 1.

    Letters and digits alone: all else is written in one way by one LibreOffice and in another by the next.
    """
    return f"heraldrow{number}"


def row_end_name(number: int | str) -> str:
    """The bookmark, and the PDF destination, at which a row ends."""
    return f"heraldrow{number}end"


def make_own(root: Element, marker: str) -> None:
    """Give a part's bookmarks and drawings names and numbers of the row's own, and its totals the row's last page.

    Args:
        root: The part's root, changed in place.
        marker: Stands where the row's number goes.
    """
    word = f"{{{root.nsmap['w']}}}"
    numbers: dict[str, str] = {}
    for bookmark in [*root.iter(f"{word}bookmarkStart"), *root.iter(f"{word}bookmarkEnd")]:
        old = bookmark.get(f"{word}id", "")
        bookmark.set(f"{word}id", numbers.setdefault(old, f"{marker}{len(numbers) + 10:05}"))
        if bookmark.get(f"{word}name"):
            bookmark.set(f"{word}name", f"{bookmark.get(f'{word}name')}_{marker}")
    for index, drawing in enumerate(root.iter("{*}docPr")):
        drawing.set("id", f"{marker}{index:05}")
    for control in list(root.iter(f"{word}sdtPr")):
        for number in control.findall(f"{word}id"):
            control.remove(number)
    _count_own_pages(root, word, f" PAGEREF {row_end_name(marker)} ")


def make_own_sections(document: Element, own_parts: Mapping[str, str]) -> None:
    """Let a row's first section begin on a page of its own with number 1, and each refer to the row's own parts.

    Args:
        document: The root of the main part, changed in place.
        own_parts: The new relationship id for the old one of each header and footer that every row has of its own.
    """
    from lxml import etree

    word = f"{{{document.nsmap['w']}}}"
    sections = list(document.iter(f"{word}sectPr"))
    first = sections[0]
    for old in first.findall(f"{word}type"):
        first.remove(old)
    before = [child for child in first if child.tag.rpartition("}")[2] in _BEFORE_TYPE]
    kind = etree.Element(f"{word}type")
    kind.set(f"{word}val", "nextPage")
    first.insert(len(before), kind)
    numbers = first.find(f"{word}pgNumType")
    if numbers is None:
        numbers = etree.Element(f"{word}pgNumType")
        after = [child for child in first if child.tag.rpartition("}")[2] in _AFTER_NUMBERS]
        first.insert(len(first) - len(after), numbers)
    if numbers.get(f"{word}start") is None:
        numbers.set(f"{word}start", "1")
    for reference in (child for section in sections for child in section):
        for key in [key for key in reference.attrib if _OFFICE_ID.fullmatch(key)]:
            reference.set(key, own_parts.get(reference.get(key), reference.get(key)))


def bookmark(name: str, number: str) -> str:
    """The XML of an empty bookmark."""
    return f'<w:bookmarkStart w:id="{number}" w:name="{name}"/><w:bookmarkEnd w:id="{number}"/>'


def opened_section(body: str, start: str) -> str:
    """A row's body with something at the beginning of its first paragraph.

    Between paragraphs it would belong to the end of the one before: to another row.

    Args:
        body: The XML of a body.
        start: The XML of the bookmark at the start of the row.
    """
    tag = _PARAGRAPH_TAG.search(body)
    if tag is None:
        return f"<w:p>{start}</w:p>{body}"
    before, content = body[: tag.start()], body[tag.end() :]
    if tag["empty"]:
        return f"{before}<w:p>{start}</w:p>{content}"
    content = content.removeprefix("<w:pPr/>")
    if not content.startswith("<w:pPr>"):
        return f"{before}{tag[0]}{start}{content}"
    properties, closing, rest = content.partition("</w:pPr>")
    return f"{before}{tag[0]}{properties}{closing}{start}{rest}"


def closed_section(body: str, section: str, end: str) -> str:
    """A row's body whose last paragraph ends a section.

    Args:
        body: The XML of a body without its last section's properties.
        section: Those properties; empty for the last row, whose section the document itself ends.
        end: The XML of the bookmark at the end of the row.
    """
    tags = list(_PARAGRAPH_TAG.finditer(body))
    if not tags or tags[-1].end() < len(body.rstrip()):
        # A table comes last. Writer may leave out the empty paragraph that ends its section, and all that is in it.
        return f"{_with_end_in_last_paragraph(body, tags, end)}<w:p><w:pPr>{section}</w:pPr></w:p>"
    if tags[-1]["empty"]:
        return f"{body[: tags[-1].start()]}<w:p><w:pPr>{section}</w:pPr>{end}</w:p>"
    inside = body[: tags[-1].start()]
    start = _opening(tags)
    opened, content = inside[: start.end()], inside[start.end() :]
    if content.startswith("<w:pPr/>"):
        content = f"<w:pPr>{section}</w:pPr>{content.removeprefix('<w:pPr/>')}"
    elif content.startswith("<w:pPr>"):
        properties, closing, rest = content.partition("</w:pPr>")
        if "<w:sectPr" in properties:
            return f"{body}<w:p><w:pPr>{section}</w:pPr>{end}</w:p>"
        content = f"{properties}{section}{closing}{rest}"
    else:
        content = f"<w:pPr>{section}</w:pPr>{content}"
    return f"{opened}{content}{end}</w:p>"


def _with_end_in_last_paragraph(body: str, tags: list[re.Match[str]], end: str) -> str:
    if not tags:
        return f"{body}<w:p>{end}</w:p>"
    last = tags[-1]
    inside = f"<w:p>{end}</w:p>" if last["empty"] else f"{end}{last[0]}"
    return f"{body[: last.start()]}{inside}{body[last.end() :]}"


def _opening(tags: list[re.Match[str]]) -> re.Match[str]:
    """The tag that opens the last paragraph, which may hold text boxes with paragraphs of their own."""
    depth = 0
    for tag in reversed(tags):
        if tag["closing"]:
            depth += 1
        elif not tag["empty"]:
            depth -= 1
        if depth == 0:
            return tag
    raise ValueError("A paragraph is closed and was not opened.")


def _count_own_pages(root: Element, word: str, code: str) -> None:
    for simple in root.iter(f"{word}fldSimple"):
        if TOTAL_PAGES.fullmatch(simple.get(f"{word}instr", "")):
            simple.set(f"{word}instr", code)
    open_fields: list[list[Element]] = [[]]
    for element in root.iter(f"{word}fldChar", f"{word}instrText"):
        kind = element.get(f"{word}fldCharType")
        if kind == "begin":
            open_fields.append([])
        elif kind == "end" and open_fields[1:]:
            _replace_total(open_fields.pop(), code)
        elif kind is None:
            open_fields[-1].append(element)


def _replace_total(instruction: list[Element], code: str) -> None:
    if TOTAL_PAGES.fullmatch("".join(text.text or "" for text in instruction)):
        for text in instruction:
            text.text = ""
        instruction[0].text = code
