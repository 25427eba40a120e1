"""A document's parts made ready to be one row among others: names, numbers and pages that are the row's own."""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from herald.adapters.word.content import Element
from herald.adapters.word.mergeable import TOTAL_PAGES

_PARAGRAPH_TAG: Final = re.compile(r"<(?P<closing>/?)w:p(?=[ />])[^>]*?(?P<empty>/?)>")
_PROPERTIES: Final = re.compile(r"<w:pPr(?: [^>]*)?(?P<empty>/?)>")
_BODY: Final = "body"
_SECTION: Final = "section"
_END: Final = "end"
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
    """Give a part's drawings numbers of the row's own, and its totals the row's last page.

    Args:
        root: The part's root, changed in place.
        marker: Stands where the row's number goes.
    """
    word = f"{{{root.nsmap['w']}}}"
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


class LostMarks(Exception):
    """A document is not in one piece between its marks."""


class Body(NamedTuple):
    """A filled document in four pieces, as `mark_body` has marked them."""

    before: str
    content: str
    section: str
    after: str


def mark_body(document: Element, marker: str) -> None:
    """Mark where a document's body begins, where its last section's properties do, and where these end.

    However a program has laid out its XML, what lies between the marks is the same afterwards.

    Args:
        document: The root of the main part, whose last section belongs to the body; changed in place.
        marker: What no value and no part holds.
    """
    section = list(document.iter("{*}sectPr"))[-1]
    body = section.getparent()
    body.append(section)
    before = section.getprevious()
    if before is None:
        body.text = f"{marker}{_BODY}{marker}{_SECTION}"
    else:
        body.text = f"{marker}{_BODY}"
        before.tail = f"{marker}{_SECTION}"
    section.tail = f"{marker}{_END}"


def cut_body(xml: str, marker: str) -> Body:
    """A document's XML, cut at its marks.

    Raises:
        LostMarks: One is missing.
    """
    before, body, rest = xml.partition(f"{marker}{_BODY}")
    content, section, rest = rest.partition(f"{marker}{_SECTION}")
    last, end, after = rest.partition(f"{marker}{_END}")
    if not (body and section and end):
        raise LostMarks("The document has lost its marks.")
    return Body(before, content, last, after)


def drop_unprinted(root: Element) -> None:
    """Remove what no page shows: spaces and line ends between elements, and bookmarks, as no link leads to them.

    Args:
        root: The root of a part of a document that can be merged; changed in place.
    """
    for name in ("bookmarkStart", "bookmarkEnd"):
        for mark in list(root.iter(f"{{*}}{name}")):
            mark.getparent().remove(mark)
    for element in root.iter("*"):
        if len(element) and element.text and not element.text.strip():
            element.text = None
        if element.tail and not element.tail.strip():
            element.tail = None


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
    properties, rest = _properties(content)
    return f"{before}{tag[0]}{properties}{start}{rest}"


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
    properties, rest = _properties(content)
    if "<w:sectPr" in properties:
        return f"{body}<w:p><w:pPr>{section}</w:pPr>{end}</w:p>"
    inner = properties.removesuffix("</w:pPr>") or "<w:pPr>"
    return f"{opened}{inner}{section}</w:pPr>{rest}{end}</w:p>"


def _properties(content: str) -> tuple[str, str]:
    """The properties that a paragraph's content begins with, nothing where they say nothing, and what follows."""
    opening = _PROPERTIES.match(content)
    if opening is None:
        return "", content
    if opening["empty"]:
        return "", content[opening.end() :]
    properties, closing, rest = content.partition("</w:pPr>")
    return properties + closing, rest


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
