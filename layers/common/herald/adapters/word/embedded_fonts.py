"""Fonts that a Word file brings along, taken out: an office keeps them, and prints everybody's documents in them."""

from collections.abc import Collection, Mapping
from typing import Final

from herald.adapters.word.content import Element, parse_xml, write_xml
from herald.adapters.word.relationships import (
    CONTENT_TYPES,
    content_types_of,
    relationships_name,
    relationships_of,
    write_relationships,
)

EMBEDDED_FONT: Final = "application/vnd.openxmlformats-officedocument.obfuscatedFont"
# ECMA-376 part 1, 17.8.3: in the table of fonts, each has a file for each of its shapes.
_CALLING: Final = ("embedRegular", "embedBold", "embedItalic", "embedBoldItalic")
# In the settings: whether, and how much of them, the program that saves the file embeds.
_ASKING: Final = ("embedTrueTypeFonts", "embedSystemFonts", "saveSubsetFonts")
_SPELT: Final = tuple(name.encode() for name in (*_CALLING, *_ASKING))
_LONGEST_NAME: Final = 31
"""Of a font, in Windows (LF_FACESIZE)."""


def without_embedded_fonts(
    parts: Mapping[str, bytes], documents: Collection[str], fonts: Collection[str]
) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """The parts of a checked Word file without fonts, and the names of the fonts that were embedded.

    Args:
        parts: Every part by its name.
        documents: The names of the parts that are XML.
        fonts: The names of the parts that are fonts.
    """
    kept = {name: part for name, part in parts.items() if name not in fonts}
    names: set[str] = set()
    for name in documents:
        if any(spelt in parts[name] for spelt in _SPELT):
            names |= _drop_calls(kept, name)
    if fonts:
        types = content_types_of(kept)
        overrides = {name: kind for name, kind in types.overrides.items() if kind != EMBEDDED_FONT}
        kept[CONTENT_TYPES] = types._replace(overrides=overrides).written()
    return kept, tuple(sorted(names - {""}))


def _drop_calls(parts: dict[str, bytes], name: str) -> set[str]:
    """Take what calls fonts out of one part; it is the element that counts, whatever its relationship says it is."""
    root = parse_xml(name, parts[name])
    names: set[str] = set()
    called: set[str] = set()
    for element in list(root.iterdescendants(*(f"{{*}}{kind}" for kind in (*_CALLING, *_ASKING)))):
        if _local_name(element) in _CALLING:
            names.add(_font_name(element.getparent()))
            called |= {value for key, value in element.attrib.items() if key.endswith("}id")}
        element.getparent().remove(element)
    parts[name] = write_xml(root)
    relationships = relationships_of(parts, name)
    if called and relationships:
        parts[relationships_name(name)] = write_relationships(
            entry for entry in relationships if entry.id not in called
        )
    return names


def _font_name(font: Element) -> str:
    return next((str(value)[:_LONGEST_NAME] for key, value in font.attrib.items() if key.endswith("}name")), "")


def _local_name(element: Element) -> str:
    return str(element.tag.rpartition("}")[2])
