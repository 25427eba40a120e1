"""Many fillings of one template in one Word document, a section for each, so that one conversion makes all of them.

Every row has headers, footers, lists and page numbers of its own. It begins at the bookmark
`sections.row_name` and ends at `sections.row_end_name`, which become destinations in the PDF.
"""

import posixpath
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from herald.adapters.word.archive import ArchiveBase
from herald.adapters.word.content import WORD_NAMESPACES, Element, parse_xml
from herald.adapters.word.language import environment
from herald.adapters.word.lists import NotUnderstood, RowLists, counts_anything, lists_per_row
from herald.adapters.word.media import MEDIA_TYPES, Media, Pictures
from herald.adapters.word.mergeable import is_mergeable, total_pages_fields
from herald.adapters.word.package import Package
from herald.adapters.word.parts import XML_DECLARATION, CompiledPart, compile_source
from herald.adapters.word.relationships import (
    CONTENT_TYPES,
    ContentTypes,
    Relationship,
    content_types_of,
    relationships_name,
    relationships_of,
    write_relationships,
)
from herald.adapters.word.sections import (
    LostMarks,
    bookmark,
    closed_section,
    cut_body,
    drop_unprinted,
    make_own,
    make_own_sections,
    mark_body,
    opened_section,
    row_end_name,
    row_name,
)
from herald.adapters.word.structure import check_tags, rejoin_tags
from herald.errors import Invalid, TooLarge

MAX_MERGED_CHARACTERS: Final = 60 * 1024 * 1024
_SECTION: Final = "<w:sectPr"
_REFERENCE: Final = re.compile(r"<w:(?:header|footer)Reference [^>]*/>")
_HEADER_KINDS: Final = frozenset({"header", "footer"})


class _Part(NamedTuple):
    """A part of which each row has its own: a template, or XML that only differs in the row's number."""

    name: str
    source: str
    template: CompiledPart | None
    relationships: list[Relationship]
    content_type: str

    def render(self, values: Mapping[str, object], pictures: Pictures) -> str:
        return self.source if self.template is None else self.template.render(values, pictures)


@dataclass(frozen=True, slots=True)
class MergingTemplate:
    """A template compiled to be filled for many rows at once."""

    base: ArchiveBase
    marker: str
    document: _Part
    own_parts: tuple[_Part, ...]
    content_types: ContentTypes
    lists_name: str
    lists: RowLists | None

    def section_after(self, number: int, section: str) -> str:
        """A row's last section's properties; after the first row, what all rows share goes on by itself.

        Writer reads a header again for each section that names it, which is a tenth of the time of a report.
        """
        if number == 1 or self.document.source.count(_SECTION) > 1:
            return section
        return _REFERENCE.sub(lambda reference: reference[0] if self.marker in reference[0] else "", section)

    def merge(self, rows: Sequence[Mapping[str, object]]) -> bytes:
        """One Word document with a section for each row, in order.

        Args:
            rows: For each row the values, as `cells.cells_of` gives them.

        Raises:
            Invalid: As `CompiledTemplate.fill`; ``fields["row_index"]`` says which row is to blame, counting from 0.
            TooLarge: The rows together are too long for one document.
        """
        merged = _Merged(self)
        for index, values in enumerate(rows):
            try:
                merged.add(index + 1, values, is_last=index + 1 == len(rows))
            except Invalid as error:
                error.fields["row_index"] = index
                raise
        return merged.written(len(rows))


class _Merged:
    """The document under construction."""

    def __init__(self, template: MergingTemplate) -> None:
        self._template = template
        self._body: list[str] = []
        self._after = ""
        self._length = 0
        self._parts: dict[str, bytes] = {}
        self._relationships = list(template.document.relationships)
        self._overrides = dict(template.content_types.overrides)
        self._media = Media()
        self._pictures = Pictures(self._media)

    def add(self, number: int, values: Mapping[str, object], *, is_last: bool) -> None:
        xml = self._template.document.render(values, self._pictures)
        body = cut_body(xml, self._template.marker)
        section = self._template.section_after(number, body.section)
        opened = opened_section(body.content, bookmark(row_name(number), f"{number}00001"))
        closing = bookmark(row_end_name(number), f"{number}00002")
        row = closed_section(opened, "" if is_last else section, closing) + (section if is_last else "")
        if number == 1:
            self._body.append(body.before)
            self._after = body.after
        self._append(row.replace(self._template.marker, str(number)))
        for part in self._template.own_parts:
            self._add_part(part, number, values)

    def written(self, rows: int) -> bytes:
        template = self._template
        main = template.document.name
        relationships = [*self._relationships, *self._pictures.relationships()]
        self._parts |= self._media.files
        self._parts[main] = "".join((XML_DECLARATION, *self._body, self._after)).encode()
        self._parts[relationships_name(main)] = write_relationships(relationships)
        defaults = {**MEDIA_TYPES, **template.content_types.defaults}
        self._parts[CONTENT_TYPES] = ContentTypes(defaults, self._overrides).written()
        if template.lists is not None:
            self._parts[template.lists_name] = template.lists.written(template.marker, rows)
        return template.base.with_parts(self._parts)

    def _append(self, row: str) -> None:
        self._length += len(row)
        if self._length > MAX_MERGED_CHARACTERS:
            raise TooLarge("These rows are too long for one document.", code="template_merge_too_large")
        self._body.append(row)

    def _add_part(self, part: _Part, number: int, values: Mapping[str, object]) -> None:
        marker = self._template.marker
        pictures = Pictures(self._media)
        xml = part.render(values, pictures).replace(marker, str(number))
        name = _name_of_row(part.name, number)
        self._parts[name] = (XML_DECLARATION + xml).encode()
        self._overrides[name] = part.content_type
        relationships = [*part.relationships, *pictures.relationships()]
        if relationships:
            self._parts[relationships_name(name)] = write_relationships(relationships)
        self._relationships += [
            entry._replace(id=_id_of_row(entry.id, number), target=f"/{name}")
            for entry in self._template.document.relationships
            if entry.part_from(self._template.document.name) == part.name
        ]


def merging_of(package: Package) -> MergingTemplate | None:
    """Compile a template for merging.

    Args:
        package: A checked and slimmed package whose parts are known to compile.

    Returns:
        None where the template holds something that one row's pages could tell of the others'.
    """
    try:
        return _compiled(package)
    except (Invalid, NotUnderstood, LostMarks):
        # What makes it unfit to be merged does not make it unfit to be filled.
        return None


def _compiled(package: Package) -> MergingTemplate | None:
    parts, main = package.parts, package.main
    # The values of a row cannot hold what nobody knows; it is gone before anything is written.
    marker = f"row{secrets.token_hex(8)}n"
    relationships = relationships_of(parts, main)
    named = {entry.kind: entry.part_from(main) for entry in relationships}
    if not _is_written_as_by_word(parts, {main, *(entry.part_from(main) for entry in relationships)}):
        return None
    document = parse_xml(main, parts[main])
    headers = {
        entry.part_from(main): parse_xml(entry.part_from(main), parts[entry.part_from(main)])
        for entry in relationships
        if entry.kind in _HEADER_KINDS and entry.part_from(main) in parts
    }
    if not is_mergeable(document, headers):
        return None
    for root in (document, *headers.values()):
        drop_unprinted(root)
    lists_name = named.get("numbering", "")
    lists = _lists(package, named, document, headers, marker)
    own = [name for name, root in headers.items() if total_pages_fields(root) or check_tags(name, root)]
    types = content_types_of(parts)
    own_ids = {entry.id: _id_of_row(entry.id, marker) for entry in relationships if entry.part_from(main) in own}
    make_own_sections(document, own_ids)
    mark_body(document, marker)
    body = _part(package, types, main, document, marker)
    if _section_is_conditional(body.source):
        return None
    cut_body(body.source, marker)
    changed = {main, relationships_name(main), CONTENT_TYPES, *([lists_name] if lists else [])}
    return MergingTemplate(
        ArchiveBase({name: part for name, part in parts.items() if name not in changed}),
        marker,
        body,
        tuple(_part(package, types, name, headers[name], marker) for name in own),
        types,
        lists_name,
        lists,
    )


def _is_written_as_by_word(parts: Mapping[str, bytes], names: Iterable[str]) -> bool:
    """Whether the parts in Word's own language call it ``w``, and all mean the same by it."""
    roots = [parse_xml(name, parts[name]) for name in names if name.endswith(".xml") and name in parts]
    meanings = {space for root in roots for space in root.nsmap.values() if space in WORD_NAMESPACES}
    return len(meanings) == 1 and all(
        root.nsmap.get("w") in meanings for root in roots if not meanings.isdisjoint(root.nsmap.values())
    )


def _lists(
    package: Package, named: Mapping[str, str], document: Element, headers: Mapping[str, Element], marker: str
) -> RowLists | None:
    parts = package.parts
    styles, numbering = named.get("styles", ""), named.get("numbering", "")
    if numbering not in parts:
        return None
    style_root = parse_xml(styles, parts[styles]) if styles in parts else None
    list_root = parse_xml(numbering, parts[numbering])
    if any(counts_anything(root, style_root, list_root) for root in headers.values()):
        raise NotUnderstood
    return lists_per_row(document, style_root, list_root, marker)


def _part(package: Package, types: ContentTypes, name: str, root: Element, marker: str) -> _Part:
    make_own(root, marker)
    has_tags = bool(check_tags(name, root))
    source = rejoin_tags(root)
    template = compile_source(name, source, {}) if has_tags else None
    return _Part(
        name,
        source.replace("\n<w:p", "<w:p"),
        template,
        relationships_of(package.parts, name),
        types.overrides.get(name, ""),
    )


def _section_is_conditional(source: str) -> bool:
    """Whether a section begins or ends in a condition or a loop, so that rows differ in their sections."""
    from jinja2 import nodes

    blocks = environment().parse(source).find_all((nodes.If, nodes.For))
    return any(_SECTION in text.data for block in blocks for text in block.find_all(nodes.TemplateData))


def _name_of_row(name: str, number: int) -> str:
    stem, extension = posixpath.splitext(name)
    return f"{stem}_row{number}{extension}"


def _id_of_row(relationship: str, number: int | str) -> str:
    return f"{relationship}_{number}"
