"""Which Word templates can be merged: those that hold nothing one row's pages could tell of the others'."""

import re
from collections.abc import Mapping
from typing import Final

from herald.adapters.word.content import Element, field_instructions

TOTAL_PAGES: Final = re.compile(r"\s*(NUMPAGES|SECTIONPAGES)(\s+\\\*\s+(MERGEFORMAT|ARABIC))*\s*", re.IGNORECASE)

# Fields that say the same on a page whatever stands on the pages before it (ECMA-376 part 1, 17.16.5). All others
# count, number or refer (SEQ, REF, TOC, STYLEREF, FORMTEXT ...), and would count the other rows in.
_STEADY_FIELDS: Final = frozenset(
    {"PAGE", "DATE", "TIME", "HYPERLINK", "SYMBOL", "AUTHOR", "TITLE", "SUBJECT", "KEYWORDS", "COMMENTS"}
    | {"DOCPROPERTY", "LASTSAVEDBY", "CREATEDATE", "SAVEDATE", "PRINTDATE"}
)
# The properties that Word and LibreOffice count anew over the whole document, with the rows of all (part 1, 22.2).
_COUNTED_PROPERTIES: Final = frozenset(
    {"PAGES", "WORDS", "CHARACTERS", "CHARACTERSWITHSPACES", "LINES", "PARAGRAPHS", "BYTES", "TOTALTIME"}
    | {"NUMPAGES", "NUMWORDS", "NUMCHARS", "NUMBEROFPAGES", "NUMBEROFWORDS", "NUMBEROFCHARACTERS"}
)
# Notes and line numbers run on from row to row; tracked changes split paragraphs; linked boxes flow into each other.
_RUNNING_ON: Final = frozenset(
    {"footnoteReference", "endnoteReference", "lnNumType", "linkedTxbx", "ins", "del", "moveFrom", "moveTo"}
    | {"pPrChange", "rPrChange", "sectPrChange", "tblPrChange", "trPrChange", "tcPrChange", "numberingChange"}
)
_KINDS_OF_REFERENCE: Final = ("headerReference", "footerReference")


def is_mergeable(document: Element, others: Mapping[str, Element]) -> bool:
    """Whether many fillings of a template can stand one after another in one document.

    Args:
        document: The root of the main part.
        others: The roots of its headers and footers.
    """
    roots = [document, *others.values()]
    return (
        not any(_runs_on(element) for root in roots for element in root.iter("*"))
        and all(_is_steady(code) for root in roots for code in field_instructions(root))
        and _has_plain_sections(document, [code for root in roots for code in field_instructions(root)])
    )


def total_pages_fields(root: Element) -> bool:
    """Whether a part tells how many pages there are."""
    return any(TOTAL_PAGES.fullmatch(code) for code in field_instructions(root))


def _runs_on(element: Element) -> bool:
    local_name = element.tag.rpartition("}")[2]
    names = {key.rpartition("}")[2] for key in element.attrib}
    # A link inside of the document would lead into a page that belongs to somebody else.
    leads_inside = local_name == "hyperlink" and "anchor" in names
    return local_name in _RUNNING_ON or leads_inside or "chapStyle" in names


def _is_steady(code: str) -> bool:
    words = code.upper().split()
    if TOTAL_PAGES.fullmatch(code):
        return True
    if words[:1] == ["DOCPROPERTY"] and not _COUNTED_PROPERTIES.isdisjoint(word.strip('"') for word in words):
        return False
    return bool(words) and words[0] in _STEADY_FIELDS and "\\L" not in words


def _has_plain_sections(document: Element, codes: list[str]) -> bool:
    sections = list(document.iter("{*}sectPr"))
    if not sections or sections[-1].getparent().tag.rpartition("}")[2] != "body":
        return False
    starts = [value for value in map(_first_page, sections) if value is not None]
    totals = [match[1].upper() for match in map(TOTAL_PAGES.fullmatch, codes) if match]
    # The last page's number stands in for the number of pages.
    if totals and (starts not in ([], ["1"]) or (starts and _first_page(sections[0]) is None)):
        return False
    if len(sections) > 1 and "SECTIONPAGES" in totals:
        return False
    # A section without a header of its own goes on with that of the section before: with another row's.
    return all(_references(section) <= _references(sections[0]) for section in sections)


def _first_page(section: Element) -> str | None:
    for numbers in section.iterfind("{*}pgNumType"):
        return next((str(value) for key, value in numbers.attrib.items() if key.endswith("}start")), None)
    return None


def _references(section: Element) -> set[tuple[str, str]]:
    return {
        (kind, value)
        for kind in _KINDS_OF_REFERENCE
        for reference in section.iterfind(f"{{*}}{kind}")
        for key, value in reference.attrib.items()
        if key.endswith("}type")
    }
