"""Which fonts a Word file is written in, and which of them look the same in LibreOffice."""

from collections.abc import Iterable
from typing import Final

from herald.adapters.word.content import Element, parse_xml
from herald.adapters.word.package import Package
from herald.adapters.word.relationships import relationships_of

_DEFAULT_FONT: Final = "Times New Roman"
# Fonts of the render image, and those they stand in for letter by letter: Carlito, Caladea and Liberation have the
# widths of the fonts they replace; OpenSymbol has the signs of the symbol fonts.
_MATCHED: Final = frozenset(
    {
        *("calibri", "carlito", "cambria", "caladea"),
        *("arial", "helvetica", "liberation sans", "times new roman", "times", "liberation serif"),
        *("courier new", "courier", "liberation mono", "arial narrow", "liberation sans narrow"),
        *("symbol", "wingdings", "opensymbol"),
    }
)
_MATCHED_FAMILIES: Final = ("dejavu ", "noto sans", "noto serif", "noto mono")


def fonts_of(package: Package) -> frozenset[str]:
    """The fonts of a document's Latin text, those of its theme among them, by the names Word shows.

    Args:
        package: A checked package, without styles that nothing uses.
    """
    named = {entry.kind: entry.part_from(package.main) for entry in relationships_of(package.parts, package.main)}
    sources = [*package.filled, named.get("styles", ""), named.get("numbering", "")]
    theme = _theme_fonts(package, named.get("theme", ""))
    fonts = set()
    for name in sources:
        if name in package.parts:
            fonts |= _written_fonts(parse_xml(name, package.parts[name]), theme)
    return frozenset(fonts) or frozenset({_DEFAULT_FONT})


def fonts_without_match(fonts: Iterable[str]) -> tuple[str, ...]:
    """Those fonts that another must stand in for, so that lines and pages break elsewhere than in Word, by name."""
    return tuple(
        sorted(
            font
            for font in fonts
            if font.casefold() not in _MATCHED and not font.casefold().startswith(_MATCHED_FAMILIES)
        )
    )


def _written_fonts(root: Element, theme: dict[str, str]) -> set[str]:
    found = set()
    for element in root.iter("{*}rFonts"):
        written = {key.rpartition("}")[2]: value for key, value in element.attrib.items()}
        for script in ("ascii", "hAnsi"):
            # A theme's font goes before a named one (ECMA-376 part 1, 17.3.2.26).
            font = theme.get(written.get(f"{script}Theme", "")[:5]) or written.get(script)
            if font:
                found.add(font)
    return found


def _theme_fonts(package: Package, name: str) -> dict[str, str]:
    """The theme's Latin fonts by how references to them begin: ``major`` or ``minor``."""
    if name not in package.parts:
        return {}
    root = parse_xml(name, package.parts[name])
    found = {}
    for kind in ("major", "minor"):
        for latin in root.iterfind(f".//{{*}}{kind}Font/{{*}}latin"):
            found[kind] = latin.get("typeface", "")
    return found
