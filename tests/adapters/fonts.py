"""Fonts that lie, and Word files that bring them along."""

import io
import subprocess
import uuid

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # it brings no types

from tests.adapters import letters

FONT_TABLE = "word/fontTable.xml"
_FONT_TYPE = "application/vnd.openxmlformats-officedocument.obfuscatedFont"
_KEY = uuid.UUID("1DE5A7E3-7A0E-4A0A-9F4D-0123456789AB")
# ECMA-376 part 4, 19.3.1.1: the first bytes of an embedded font are XORed with a key, its bytes in reverse.
_OBFUSCATED_BYTES = 32


def exchanged(family: str, one: str, other: str) -> bytes:
    """A font of this name that shows one character as the other."""
    font = TTFont(_installed("Carlito"))
    for table in font["cmap"].tables:
        glyphs = dict(table.cmap)
        if {ord(one), ord(other)} <= glyphs.keys():
            # Tables may share their dictionary: exchanged twice, nothing would be.
            table.cmap = {**glyphs, ord(one): glyphs[ord(other)], ord(other): glyphs[ord(one)]}
    for record in font["name"].names:
        if record.nameID in {1, 4, 6, 16}:
            record.string = family
    written = io.BytesIO()
    font.save(written)
    return written.getvalue()


def embedding(content: bytes, family: str, font: bytes) -> bytes:
    """The same Word file with a font in it, as Word embeds it."""
    parts = letters.parts_of(content)
    table = (
        f'<w:fonts xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        f'xmlns:r="{letters.RELATIONSHIPS}"><w:font w:name="{family}">'
        f'<w:embedRegular r:id="rId1" w:fontKey="{{{str(_KEY).upper()}}}"/></w:font></w:fonts>'
    )
    relationships = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{letters.RELATIONSHIPS}/font" Target="fonts/font1.odttf"/></Relationships>'
    )
    types = parts["[Content_Types].xml"].decode()
    default = f'<Default Extension="odttf" ContentType="{_FONT_TYPE}"/></Types>'
    settings = parts["word/settings.xml"].decode()
    opening = settings.index(">", settings.index("<w:settings")) + 1
    wanted = "<w:embedTrueTypeFonts/><w:saveSubsetFonts/>"
    return letters.with_parts(
        content,
        {
            FONT_TABLE: table,
            "word/_rels/fontTable.xml.rels": relationships,
            "word/fonts/font1.odttf": _obfuscated(font),
            "word/settings.xml": settings[:opening] + wanted + settings[opening:],
            "[Content_Types].xml": types.replace("</Types>", default),
        },
    )


def written_in(family: str, text: str) -> bytes:
    """A letter of one line in this font."""
    font = f'<w:rFonts w:ascii="{family}" w:hAnsi="{family}" w:cs="{family}" w:eastAsia="{family}"/>'
    return letters.with_body(f"<w:p><w:r><w:rPr>{font}</w:rPr><w:t>{text}</w:t></w:r></w:p>")


def _obfuscated(font: bytes) -> bytes:
    key = _KEY.bytes[::-1]
    start = bytes(byte ^ key[place % len(key)] for place, byte in enumerate(font[:_OBFUSCATED_BYTES]))
    return start + font[_OBFUSCATED_BYTES:]


def _installed(family: str) -> str:
    found = subprocess.run(["/usr/bin/fc-match", "-f", "%{file}", family], capture_output=True, check=True)
    return found.stdout.decode()
