"""Numbered lists that begin anew in every row: each row gets a copy of the lists that its paragraphs use."""

import copy
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from herald.adapters.word.content import Element

_UNCOUNTED: Final = frozenset({"bullet", "none"})
_HIGHEST_ID: Final = 99_999
_BEFORE_NUMBERING: Final = frozenset({"pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl"})
_AFTER_INDENT: Final = frozenset(
    {"contextualSpacing", "mirrorIndents", "suppressOverlap", "jc", "textDirection", "textAlignment"}
    | {"textboxTightWrap", "outlineLvl", "divId", "cnfStyle", "rPr", "sectPr"}
)
_NAMESPACE_DECLARATION: Final = re.compile(r' xmlns:?\w*="[^"]*"')


class NotUnderstood(Exception):
    """The lists are made in a way that cannot be copied."""


class RowLists(NamedTuple):
    """The part that holds the lists, open at the two places where a row's own lists go."""

    before_outlines: str
    outlines: str
    before_instances: str
    instances: str
    end: str

    def written(self, marker: str, rows: int) -> bytes:
        """The part with copies for so many rows; ``marker`` stands where a row's number goes."""
        numbers = [str(number) for number in range(1, rows + 1)]
        outlines = "".join(self.outlines.replace(marker, number) for number in numbers)
        instances = "".join(self.instances.replace(marker, number) for number in numbers)
        return f"{self.before_outlines}{outlines}{self.before_instances}{instances}{self.end}".encode()


class _Numbering(NamedTuple):
    list_id: str
    level: str | None
    style: str | None
    indent: dict[str, str]


def lists_per_row(document: Element, styles: Element | None, numbering: Element, marker: str) -> RowLists | None:
    """Point the paragraphs of a document to lists of their row's own.

    Args:
        document: The root of the main part, changed in place.
        styles: The root of the styles, some of which may number paragraphs.
        numbering: The root of the lists.
        marker: Stands where the row's number goes.

    Returns:
        The lists to be copied for each row; None where nothing in the document is counted.

    Raises:
        NotUnderstood: The lists are made in a way that cannot be copied.
    """
    catalogue = _Catalogue(styles, numbering)
    used: set[str] = set()
    for paragraph in document.iter(f"{catalogue.word}p"):
        found = catalogue.numbering_of(paragraph)
        if found is not None and catalogue.is_counted(found.list_id):
            catalogue.point(paragraph, found, f"{marker}{int(found.list_id):05}")
            used.add(found.list_id)
    return catalogue.copies(used, marker) if used else None


def counts_anything(root: Element, styles: Element | None, numbering: Element) -> bool:
    """Whether a part has numbered paragraphs."""
    catalogue = _Catalogue(styles, numbering)
    found = filter(None, map(catalogue.numbering_of, root.iter(f"{catalogue.word}p")))
    return any(catalogue.is_counted(numbered.list_id) for numbered in found)


class _Catalogue:
    def __init__(self, styles: Element | None, numbering: Element) -> None:
        self.word = word = f"{{{numbering.nsmap['w']}}}"
        self._root = numbering
        self._instances = {entry.get(f"{word}numId"): entry for entry in numbering.findall(f"{word}num")}
        self._outlines = {entry.get(f"{word}abstractNumId"): entry for entry in numbering.findall(f"{word}abstractNum")}
        found = [] if styles is None else styles.findall(f"{word}style")
        self._styles = {style.get(f"{word}styleId"): style for style in found}
        defaults = (style for style in found if style.get(f"{word}type") == "paragraph" and style.get(f"{word}default"))
        self._default = next((style.get(f"{word}styleId") for style in defaults), None)

    def numbering_of(self, paragraph: Element) -> _Numbering | None:
        """What numbers a paragraph: its own properties, or the nearest of its styles that do."""
        word = self.word
        properties = paragraph.find(f"{word}pPr")
        own = None if properties is None else properties.find(f"{word}numPr")
        list_id, level = self._value(own, "numId"), self._value(own, "ilvl")
        name = self._value(properties, "pStyle") or self._default
        if list_id is not None:
            return None if list_id == "0" else _Numbering(list_id, level or "0", None, {})
        indent: dict[str, str] = {}
        for style in self._chain(name):
            inner = style.find(f"{word}pPr")
            written = None if inner is None else inner.find(f"{word}ind")
            indent = {**({} if written is None else dict(written.attrib)), **indent}
            numbers = None if inner is None else inner.find(f"{word}numPr")
            list_id = self._value(numbers, "numId")
            if list_id is not None:
                level = level or self._value(numbers, "ilvl")
                return None if list_id == "0" else _Numbering(list_id, level, style.get(f"{word}styleId"), indent)
        return None

    def is_counted(self, list_id: str) -> bool:
        formats = {entry.get(f"{self.word}val") for entry in self._outline(list_id).iter(f"{self.word}numFmt")}
        return not formats <= _UNCOUNTED

    def point(self, paragraph: Element, found: _Numbering, list_id: str) -> None:
        """Number a paragraph by a list of its own, which looks as the one it had."""
        from lxml import etree

        word = self.word
        properties = paragraph.find(f"{word}pPr")
        if properties is None:
            properties = etree.Element(f"{word}pPr")
            paragraph.insert(0, properties)
        for old in properties.findall(f"{word}numPr"):
            properties.remove(old)
        numbers = etree.Element(f"{word}numPr")
        etree.SubElement(numbers, f"{word}ilvl").set(f"{word}val", found.level or self._level_of(found))
        etree.SubElement(numbers, f"{word}numId").set(f"{word}val", list_id)
        before = [child for child in properties if child.tag.rpartition("}")[2] in _BEFORE_NUMBERING]
        properties.insert(len(before), numbers)
        if found.indent:
            self._indent(properties, found.indent)

    def copies(self, used: set[str], marker: str) -> RowLists:
        """The lists' part, cut open, with copies of the used lists that have a marker in their ids."""
        from lxml import etree

        outlines = {self._outline_id(list_id) for list_id in used}
        written = etree.tostring(self._root, encoding="unicode")
        before, instance, after = written.partition("<w:num ")
        inner, closing, end = after.rpartition("<w:numIdMacAtCleanup" if "<w:numIdMac" in after else "</w:numbering>")
        return RowLists(
            f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{before}',
            "".join(_text(self._copied_outline(name, marker)) for name in sorted(outlines)),
            instance + inner,
            "".join(_text(self._copied_instance(name, marker)) for name in sorted(used)),
            closing + end,
        )

    def _copied_outline(self, name: str, marker: str) -> Element:
        word = self.word
        outline = copy.deepcopy(self._outlines[name])
        outline.set(f"{word}abstractNumId", _id_of_copy(marker, name))
        # Two lists of one identity are one list to Word; a style has one list at most.
        for unwanted in [*outline.iter(f"{word}nsid"), *outline.iter(f"{word}tmpl"), *outline.iter(f"{word}pStyle")]:
            unwanted.getparent().remove(unwanted)
        return outline

    def _copied_instance(self, name: str, marker: str) -> Element:
        instance = copy.deepcopy(self._instances[name])
        instance.set(f"{self.word}numId", _id_of_copy(marker, name))
        for outline in instance.findall(f"{self.word}abstractNumId"):
            outline.set(f"{self.word}val", _id_of_copy(marker, self._outline_id(name)))
        return instance

    def _outline_id(self, list_id: str) -> str:
        if list_id not in self._instances:
            raise NotUnderstood
        name = self._value(self._instances[list_id], "abstractNumId")
        if name is None or name not in self._outlines:
            raise NotUnderstood
        return name

    def _outline(self, list_id: str) -> Element:
        outline = self._outlines[self._outline_id(list_id)]
        if any(child.tag.rpartition("}")[2] in {"numStyleLink", "styleLink"} for child in outline):
            raise NotUnderstood
        return outline

    def _level_of(self, found: _Numbering) -> str:
        """The level that a style stands for in its list."""
        for level in self._outline(found.list_id).findall(f"{self.word}lvl"):
            if self._value(level, "pStyle") == found.style:
                return str(level.get(f"{self.word}ilvl"))
        return "0"

    def _chain(self, name: str | None) -> Iterator[Element]:
        seen: set[str] = set()
        while name is not None and name in self._styles and name not in seen:
            seen.add(name)
            yield self._styles[name]
            name = self._value(self._styles[name], "basedOn")

    def _indent(self, properties: Element, indent: dict[str, str]) -> None:
        """A paragraph's own list would move it to where the list stands; its style has put it elsewhere."""
        from lxml import etree

        written = properties.find(f"{self.word}ind")
        if written is None:
            written = etree.Element(f"{self.word}ind")
            after = [child for child in properties if child.tag.rpartition("}")[2] in _AFTER_INDENT]
            properties.insert(len(properties) - len(after), written)
        for name, value in indent.items():
            if written.get(name) is None:
                written.set(name, value)

    def _value(self, element: Element | None, child: str) -> str | None:
        found = None if element is None else element.find(f"{self.word}{child}")
        return None if found is None else found.get(f"{self.word}val")


def _id_of_copy(marker: str, name: str) -> str:
    if not name.isdecimal() or int(name) > _HIGHEST_ID:
        raise NotUnderstood
    return f"{marker}{int(name):05}"


def _text(element: Element) -> str:
    from lxml import etree

    return _NAMESPACE_DECLARATION.sub("", etree.tostring(element, encoding="unicode", with_tail=False))
