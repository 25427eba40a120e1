"""Word templates: checked and compiled once, then filled for one person after another.

In a template stand ``{{ name }}``, table rows repeated between ``{%tr for test in tests %}`` and ``{%tr endfor %}``,
paragraphs kept or dropped between ``{%p if follow_up %}`` and ``{%p endif %}``, and the filters ``default("-")``,
``date("d MMMM yyyy")``, ``number("#,##0.00")``, ``upper`` and ``lower``; ``image("4cm")`` draws the picture in a cell
and ``qr("3cm")`` a QR code of its text.
"""

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from herald.adapters.installed_fonts import installed_fonts
from herald.adapters.word.archive import ArchiveBase
from herald.adapters.word.cells import TemplateValue, cells_of
from herald.adapters.word.content import parse_xml
from herald.adapters.word.fields import TemplateField
from herald.adapters.word.fonts import fonts_of
from herald.adapters.word.foreign_tags import foreign_tags
from herald.adapters.word.media import MEDIA_TYPES, Media, Pictures
from herald.adapters.word.merging import MergingTemplate, merging_of
from herald.adapters.word.own_text import OwnParagraph, own_paragraphs, refuse_unprintable
from herald.adapters.word.package import Package, open_package
from herald.adapters.word.parts import XML_DECLARATION, CompiledPart, compile_part
from herald.adapters.word.relationships import (
    CONTENT_TYPES,
    ContentTypes,
    content_types_of,
    relationships_name,
    relationships_of,
    write_relationships,
)
from herald.adapters.word.slimming import slimmed
from herald.adapters.word.structure import refuse_tags
from herald.adapters.word.visible_text import VisibleText, numbers_with_letters, visible_text
from herald.errors import Unprocessable
from herald.values.expected_text import ExpectedText, expected_text
from herald.values.notation import PLAIN_NOTATION, Notation

__all__ = ["CompiledTemplate", "TemplateValue", "compile_slimmed", "compile_template"]

_SHOWN_AND_NOT_FILLED: Final = re.compile(r"drawingml|chart|numbering\+xml|properties\+xml")


class CompiledTemplate:
    """A Word template ready to be filled, as often as there are rows.

    Attributes:
        placeholders: The top-level names the template reads, to be compared with the columns of a workbook.
        fields: What it does with each of them.
        fonts: The fonts its text is written in.
        embedded_fonts: The fonts that its file brought along, which it is not written in.
        warnings: What its author should know of it, in a sentence each.
    """

    def __init__(
        self,
        package: Package,
        compiled: Mapping[str, CompiledPart],
        *,
        fields: Mapping[str, TemplateField],
        fonts: frozenset[str],
        embedded_fonts: tuple[str, ...],
        warnings: tuple[str, ...],
        own_text: Sequence[OwnParagraph],
        merging: MergingTemplate | None,
    ) -> None:
        parts = package.parts
        self._filled = {name: parts[name] for name in package.filled}
        self._same_for_all: dict[str, VisibleText] = {}
        numbering = [name for name, kind in content_types_of(parts).overrides.items() if "numbering" in kind]
        self._numbers_plainly = not any(
            numbers_with_letters(parse_xml(name, parts[name])) for name in numbering if name in parts
        )
        self._types = content_types_of(parts)
        self._relationships = {name: relationships_of(parts, name) for name in compiled}
        lists = {name: parts[name] for name in map(relationships_name, compiled) if name in parts}
        self._lists = {**lists, CONTENT_TYPES: parts[CONTENT_TYPES]}
        unchanged = {name: part for name, part in parts.items() if name not in compiled and name not in self._lists}
        self._base = ArchiveBase(unchanged)
        self._compiled = compiled
        self._merging = merging
        self._notation = PLAIN_NOTATION
        self._own_text = own_text
        self.fields = fields
        self.fonts = fonts
        self.embedded_fonts = embedded_fonts
        self.warnings = warnings
        self.placeholders: frozenset[str] = frozenset().union(*(part.placeholders for part in compiled.values()))

    @property
    def mergeable(self) -> bool:
        """Whether `merge` understands everything in the template; whether the pages come out alike, pages must show."""
        return self._merging is not None

    @property
    def branches(self) -> frozenset[str]:
        """Every way that its conditions and loops can go."""
        return frozenset().union(*(part.branches.all for part in self._compiled.values()))

    def in_notation(self, notation: Notation) -> "CompiledTemplate":
        """The same template, to be filled with values whose texts spell numbers and dates in this way."""
        same = copy.copy(self)
        same._notation = notation  # noqa: SLF001 - its own kind
        return same

    def branches_taken(self, values: Mapping[str, TemplateValue]) -> frozenset[str]:
        """The ways that they go with values which `fill` takes."""
        cells = cells_of(values, self._notation)
        return frozenset().union(*(part.branches.taken(cells) for part in self._compiled.values()))

    def expected_text(self, values: Mapping[str, TemplateValue]) -> ExpectedText:
        """What a document filled with what `fill` takes says on its pages."""
        cells = cells_of(values, self._notation)
        main, *around = (self._visible(name, cells) for name in self._filled)
        is_whole = self._numbers_plainly and all(text.is_whole for text in (main, *around))
        return expected_text(main.text, " ".join([main.repeated, *(text.text for text in around)]), is_whole=is_whole)

    def _visible(self, name: str, cells: Mapping[str, object]) -> VisibleText:
        if name in self._compiled:
            rendered = self._compiled[name].render(cells, Pictures(Media()))
            return visible_text(parse_xml(name, rendered.encode()))
        if name not in self._same_for_all:
            self._same_for_all[name] = visible_text(parse_xml(name, self._filled[name]))
        return self._same_for_all[name]

    def fill(self, values: Mapping[str, TemplateValue]) -> bytes:
        """Fill the template for one person.

        Args:
            values: A value for each placeholder; a list of records for each loop.

        Returns:
            The bytes of a .docx file. Line ends in values are line breaks in it.

        Raises:
            Invalid: ``template_value_missing`` or ``template_value_broken``, naming the placeholder or the paragraph;
                ``template_character_missing`` where no font has a character of the template's own text.
        """
        self._refuse_unprintable()
        parts = dict(self._lists)
        media = Media()
        cells = cells_of(values, self._notation)
        for name, part in self._compiled.items():
            pictures = Pictures(media)
            parts[name] = (XML_DECLARATION + part.render(cells, pictures)).encode()
            shown = pictures.relationships()
            if shown:
                parts[relationships_name(name)] = write_relationships([*self._relationships[name], *shown])
        if media.files:
            types = ContentTypes({**MEDIA_TYPES, **self._types.defaults}, self._types.overrides)
            parts |= {CONTENT_TYPES: types.written(), **media.files}
        return self._base.with_parts(parts)

    def merge(self, rows: Sequence[Mapping[str, TemplateValue]]) -> bytes:
        """Fill the template for many persons, one after another in one document, each in a section of its own.

        A person's pages begin and end at bookmarks, which the converter splits the PDF at.

        Args:
            rows: For each person what `fill` takes.

        Returns:
            The bytes of a .docx file.

        Raises:
            Invalid: As `fill`; ``fields["row_index"]`` says which of the rows is to blame, counting from 0.
            TooLarge: The rows together are too long for one document.
            Unprocessable: The template is not `mergeable`.
        """
        if self._merging is None:
            raise Unprocessable("This template cannot be merged.", code="template_not_mergeable")
        self._refuse_unprintable()
        return self._merging.merge([cells_of(values, self._notation) for values in rows])

    def _refuse_unprintable(self) -> None:
        if self._own_text:
            refuse_unprintable(self._own_text, installed_fonts())


def compile_template(content: bytes) -> CompiledTemplate:
    """Check a Word file from outside and compile the parts of it that hold placeholders.

    Args:
        content: The bytes of the uploaded .docx file.

    Returns:
        The compiled template; it holds nothing of the file that was not checked.

    Raises:
        Invalid: What `open_package` raises; ``template_broken_tag`` or ``template_forbidden_tag`` with ``paragraph``
            (its text) and ``part`` in ``fields``.
    """
    package = open_package(content)
    return _compiled(package, fonts_of(slimmed(package)))


def compile_slimmed(content: bytes) -> CompiledTemplate:
    """As `compile_template`, but without what no page shows: whoever uses it makes sure that none does."""
    package = slimmed(open_package(content))
    return _compiled(package, fonts_of(package))


def _compiled(package: Package, fonts: frozenset[str]) -> CompiledTemplate:
    _refuse_tags_in_unfilled_parts(package)
    compiled = {}
    fields: dict[str, TemplateField] = {}
    warnings: list[str] = []
    own_text = list(_signs_of_lists(package))
    for name in package.filled:
        root = parse_xml(name, package.parts[name])
        own_text += own_paragraphs(name, root)
        part = compile_part(name, root, fields)
        warnings += foreign_tags(name, root)
        if part is not None:
            compiled[name] = part
    return CompiledTemplate(
        package,
        compiled,
        fields=fields,
        fonts=fonts,
        embedded_fonts=package.embedded_fonts,
        warnings=tuple(dict.fromkeys(warnings)),
        own_text=own_text,
        merging=merging_of(package),
    )


def _signs_of_lists(package: Package) -> Iterator[OwnParagraph]:
    for entry in relationships_of(package.parts, package.main):
        name = entry.part_from(package.main)
        if entry.kind == "numbering" and name in package.parts:
            yield from own_paragraphs(name, parse_xml(name, package.parts[name]))


def _refuse_tags_in_unfilled_parts(package: Package) -> None:
    for name, content_type in content_types_of(package.parts).overrides.items():
        if name in package.parts and _SHOWN_AND_NOT_FILLED.search(content_type):
            refuse_tags(name, parse_xml(name, package.parts[name]))
