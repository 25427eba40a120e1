"""What the elements of a Word part may call by its relationships.

What a relationship says of itself counts for nothing: LibreOffice loads whatever an element calls, so a picture could
be called by a "hyperlink" to another machine. It is the element that decides what may be called.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Final
from urllib.parse import unquote

from herald.adapters.word.content import Element
from herald.adapters.word.relationships import OFFICE_RELATIONSHIPS, Relationship
from herald.errors import Invalid

_CALLING_NAMESPACES: Final = frozenset(
    {
        OFFICE_RELATIONSHIPS,
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
        # In the drawings of old versions of Word: o:relid.
        "urn:schemas-microsoft-com:office:office",
    }
)
# What only ever loads something from outside (ECMA-376 part 1, 20.1.8.13; part 4, 19.1.2.11).
_LINKING_ATTRIBUTES: Final = frozenset({"link", "href"})
_LINKS: Final = frozenset({"hyperlink", "hlinkClick", "hlinkHover", "hlinkMouseOver"})
_BINARY_USERS: Final = frozenset({"embedRegular", "embedBold", "embedItalic", "embedBoldItalic", "printerSettings"})


def check_references(
    name: str, root: Element, relationships: Sequence[Relationship], binaries: Collection[str]
) -> None:
    """Refuse a part whose elements load something from outside, or something else than what they are for.

    Args:
        name: The part's name.
        root: The part's root element.
        relationships: What the part's own list of relationships says.
        binaries: The names, in small letters, of the parts that are fonts or settings of printers.

    Raises:
        Invalid: ``template_external_link`` or ``template_embedded_object``.
    """
    outside = {entry.id for entry in relationships if entry.mode.casefold() == "external"}
    binary = {entry.id for entry in relationships if unquote(entry.part_from(name)).casefold() in binaries}
    for element in root.iter("*"):
        local_name = element.tag.rpartition("}")[2]
        for called in _called(name, element):
            if called in outside and local_name not in _LINKS:
                raise _loads_from_outside(name)
            if called in binary and local_name not in _BINARY_USERS:
                raise Invalid(
                    "The Word file shows a font or the settings of a printer as if they were a picture.",
                    code="template_embedded_object",
                    fields={"part": name},
                )


def _called(name: str, element: Element) -> Iterator[str]:
    """The ids of all relationships that an element names."""
    for key, value in element.attrib.items():
        namespace, _, local_name = key.rpartition("}")
        if namespace[1:] not in _CALLING_NAMESPACES:
            continue
        if local_name in _LINKING_ATTRIBUTES:
            raise _loads_from_outside(name)
        yield value


def _loads_from_outside(name: str) -> Invalid:
    return Invalid(
        "A picture or another element of the Word file is linked from elsewhere. Insert it instead of linking it.",
        code="template_external_link",
        fields={"part": name},
    )
