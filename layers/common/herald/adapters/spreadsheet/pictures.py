"""The pictures of a sheet: those that lie over its cells, and those that Excel has placed in them.

For the reading process alone: the parts that are parsed here have passed `package.inspect`, which refuses
document types, and the kernel counts the memory and time it takes.
"""

import posixpath
import zipfile
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeVar
from xml.etree.ElementTree import Element, iterparse

from herald.adapters.spreadsheet.values import WorkbookLimits
from herald.errors import Invalid
from herald.values.picture import LARGEST_PICTURE_BYTES, Picture, read_picture
from herald.values.sheet import CellFault

DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
BLIP = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RICH = "{http://schemas.microsoft.com/office/spreadsheetml/2017/richdata}"  # [MS-XLSX] 2.6.203, rvData
RICH_RELATIONS = "{http://schemas.microsoft.com/office/spreadsheetml/2022/richvaluerel}"
RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
METADATA_PART = "xl/metadata.xml"
VALUES_PART = "xl/richData/rdrichvalue.xml"
STRUCTURES_PART = "xl/richData/rdrichvaluestructure.xml"
RELATIONS_PART = "xl/richData/richValueRel.xml"
RICH_VALUES = "XLRICHVALUE"
LOCAL_PICTURE_KEY = "_rvRel:LocalImageIdentifier"
WEB_PICTURE_TYPE = "_webimage"
LONGEST_NUMBER = 9

Item = TypeVar("Item")

LINKED = CellFault(
    "picture_linked", "The picture is kept elsewhere, and addresses are never fetched. Insert the picture itself."
)
Source = str | CellFault
"""Where a picture is: the name of its part, or why there is none."""

AMBIGUOUS = CellFault("picture_ambiguous", "Several pictures lie over this cell.")
MISSING = CellFault("picture_damaged", "The picture is not in the workbook.")


class Relation(NamedTuple):
    """What a part refers to: the last word of the relationship's type, and a part's name, or none outside of it."""

    kind: str
    part: str

    @property
    def source(self) -> Source:
        """Where the picture is that it leads to."""
        return self.part or LINKED


ELSEWHERE = Relation("", "")


class SheetPictures:
    """What there is of pictures for one sheet's cells; nothing is read of a sheet that has none."""

    def __init__(self, archive: zipfile.ZipFile, sheet_part: str, limits: WorkbookLimits) -> None:
        self._archive = archive
        self._names = frozenset(archive.namelist())
        self._limits = limits
        self._read: dict[str, Picture | CellFault] = {}
        self._placed: list[Source | None] | None = None
        self._over = dict(self._laid_over(sheet_part))

    @property
    def any_over(self) -> bool:
        """Whether any picture lies over a cell."""
        return bool(self._over)

    def over(self, row: int, column: int) -> Picture | CellFault | None:
        """The picture whose upper left corner lies in a cell; rows and columns count from 1."""
        return self._picture(self._over.get((row, column)))

    def placed(self, value: int) -> Picture | CellFault | None:
        """The picture that Excel has placed in a cell with this ``vm``; ``None`` where it is no picture."""
        if self._placed is None:
            self._placed = list(self._placed_values())
        return self._picture(_at(self._placed, value - 1))

    def _laid_over(self, sheet_part: str) -> Iterator[tuple[tuple[int, int], Source]]:
        seen: set[tuple[int, int]] = set()
        for drawing in self._relations(sheet_part).values():
            if drawing.kind != "drawing" or drawing.part not in self._names:
                continue
            relations = self._relations(drawing.part)
            for place, blip in self._anchors(drawing.part):
                if len(seen) >= self._limits.pictures:
                    raise Invalid(
                        f"The sheet has more than {self._limits.pictures:,} pictures. Split it into several workbooks.",
                        code="workbook_too_many_pictures",
                    )
                relation = relations.get(blip.get(f"{OFFICE}embed", ""), ELSEWHERE)
                yield place, AMBIGUOUS if place in seen else relation.source
                seen.add(place)

    def _anchors(self, part: str) -> Iterator[tuple[tuple[int, int], Element]]:
        """Each picture's cell, and what it shows."""
        for anchor in self._elements(part, {f"{DRAWING}oneCellAnchor", f"{DRAWING}twoCellAnchor"}):
            picture = anchor.find(f"{DRAWING}pic")
            blip = None if picture is None else next(picture.iter(BLIP), None)
            row = _number(anchor.findtext(f"{DRAWING}from/{DRAWING}row"))
            column = _number(anchor.findtext(f"{DRAWING}from/{DRAWING}col"))
            if blip is not None and row is not None and column is not None:
                yield (row + 1, column + 1), blip

    def _placed_values(self) -> Iterator[Source | None]:
        """What stands behind each ``vm`` of the workbook: a metadata record leads to a value, that to a picture."""
        kinds = [kind.get("name") for kind in self._elements(METADATA_PART, {f"{MAIN}metadataType"})]
        records = [_number(record.get("i")) for record in self._elements(METADATA_PART, {f"{RICH}rvb"})]
        values = list(self._rich_values()) if RICH_VALUES in kinds else []
        for block in self._elements(METADATA_PART, {f"{MAIN}valueMetadata"}):
            for entry in block.iter(f"{MAIN}rc"):
                kind = _at(kinds, (_number(entry.get("t")) or 0) - 1)
                yield _at(values, _at(records, _number(entry.get("v")))) if kind == RICH_VALUES else None

    def _rich_values(self) -> Iterator[Source | None]:
        structures = [
            (structure.get("t"), [key.get("n") for key in structure])
            for structure in self._elements(STRUCTURES_PART, {f"{RICH}s"})
        ]
        relations = self._relations(RELATIONS_PART)
        sources = [
            relations.get(entry.get(f"{OFFICE}id", ""), ELSEWHERE).source
            for entry in self._elements(RELATIONS_PART, {f"{RICH_RELATIONS}rel"})
        ]
        for value in self._elements(VALUES_PART, {f"{RICH}rv"}):
            kind, keys = _at(structures, _number(value.get("s"))) or ("", [])
            fields = dict(zip(keys, [field.text for field in value], strict=False))
            yield LINKED if kind == WEB_PICTURE_TYPE else _at(sources, _number(fields.get(LOCAL_PICTURE_KEY)))

    def _picture(self, source: Source | None) -> Picture | CellFault | None:
        if not isinstance(source, str):
            return source
        if source not in self._read:
            self._read[source] = self._read_part(source)
        return self._read[source]

    def _read_part(self, part: str) -> Picture | CellFault:
        if part not in self._names:
            return MISSING
        with self._archive.open(part) as file:
            content = file.read(LARGEST_PICTURE_BYTES + 1)
        try:
            return read_picture(content)
        except Invalid as error:
            return CellFault(error.code, error.message)

    def _relations(self, part: str) -> dict[str, Relation]:
        folder, name = posixpath.split(part)
        return {
            entry.get("Id", ""): _relation(folder, entry)
            for entry in self._elements(f"{folder}/_rels/{name}.rels", {RELATIONSHIP})
        }

    def _elements(self, part: str, tags: set[str]) -> Iterator[Element]:
        """Each of a part's elements with one of these tags, forgotten once the next one is asked for."""
        if part not in self._names:
            return
        with self._archive.open(part) as source:
            for _event, element in iterparse(source):  # noqa: S314 - document types are refused before
                if element.tag in tags:
                    yield element
                    element.clear()


def _relation(folder: str, entry: Element) -> Relation:
    target = entry.get("Target", "")
    is_inside = entry.get("TargetMode", "").casefold() != "external" and ":" not in target
    part = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/") if is_inside and target else ""
    return Relation(entry.get("Type", "").rpartition("/")[2], part)


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else None


def _at(items: Sequence[Item], index: int | None) -> Item | None:
    return items[index] if index is not None and 0 <= index < len(items) else None
