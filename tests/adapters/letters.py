"""Word files as strangers send them: odd, broken and hostile ones, written for the tests of templates."""

import datetime
import io
import re
import tempfile
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import docx
from docx.enum.style import WD_STYLE_TYPE

from herald.adapters.word.template import CompiledTemplate, TemplateValue, compile_template
from local.samples.template import write_sample_template

DOCUMENT_PART = "word/document.xml"
DOCUMENT_RELATIONSHIPS = "word/_rels/document.xml.rels"
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

SAMPLE_VALUES: Mapping[str, TemplateValue] = {
    "name": "Anna Weber",
    "phone": "+44 7700 900123",
    "email": "anna@example.org",
    "language": "en",
    "birth_date": datetime.date(1984, 3, 9),
    "visit": datetime.datetime(2026, 11, 20, 8, 30),  # noqa: DTZ001 - a workbook knows no time zones
    "fasting": True,
    "glucose": 5.44,
    "cholesterol": 187,
    "fee": 1240.5,
    "follow_up": "Please book a repeat of the HbA1c test.",
    "notes": "Iron stores are a little low.",
    "tests": [
        {"name": "Glucose", "value": 5.4, "unit": "mmol/L", "normal_range": "3.9 - 5.6"},
        {"name": "Ferritin", "value": 14, "unit": "µg/L", "normal_range": "15 - 150"},
    ],
}


@cache
def sample_template() -> bytes:
    """The bytes of the sample template."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "sample.docx")
        write_sample_template(path)
        return path.read_bytes()


@cache
def compiled_sample() -> CompiledTemplate:
    """The sample template, ready to be filled."""
    return compile_template(sample_template())


@cache
def _blank() -> bytes:
    """python-docx's blank document without its 800 KB of table styles, which take a tenth of a second to check."""
    document = docx.Document()
    for style in [style for style in document.styles if style.type is WD_STYLE_TYPE.TABLE]:
        style.delete()
    effects = [name for name, link in document.part.rels.items() if link.reltype.endswith("/stylesWithEffects")]
    for name in effects:
        document.part.drop_rel(name)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


@cache
def letter(*paragraphs: str) -> bytes:
    """A Word document with a paragraph for each text."""
    document = docx.Document(io.BytesIO(_blank()))
    for text in paragraphs:
        document.add_paragraph(text)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def with_parts(content: bytes, parts: Mapping[str, bytes | str]) -> bytes:
    """The same Word file with some parts replaced or added."""
    return zipped({**parts_of(content), **{name: _encoded(part) for name, part in parts.items()}})


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """A Word file made of these parts."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return written.getvalue()


def with_body(inner: str, *, before: str = "") -> bytes:
    """A Word document whose body begins with this XML, and whose part begins with ``before``."""
    content = letter("Hello")
    document = parts_of(content)[DOCUMENT_PART].decode()
    changed = document.replace("<w:body>", f"<w:body>{inner}")
    return with_parts(content, {DOCUMENT_PART: changed.replace("<w:document", f"{before}<w:document", 1)})


def with_relationship(kind: str, target: str, *, mode: str = "External", inner: str = "") -> bytes:
    """A Word document with one more relationship, called rId99, and this XML at the start of its body."""
    content = with_body(inner)
    old = parts_of(content)[DOCUMENT_RELATIONSHIPS].decode()
    new = f'<Relationship Id="rId99" Type="{RELATIONSHIPS}/{kind}" Target="{target}" TargetMode="{mode}"/>'
    return with_parts(content, {DOCUMENT_RELATIONSHIPS: old.replace("</Relationships>", f"{new}</Relationships>")})


def with_content_type(old: str, new: str) -> bytes:
    """A Word document one of whose content types is replaced."""
    content = letter("Hello")
    types = parts_of(content)["[Content_Types].xml"].decode()
    return with_parts(content, {"[Content_Types].xml": types.replace(old, new)})


def parts_of(content: bytes) -> dict[str, bytes]:
    """Every part of a Word file by its name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def text_of(content: bytes, part: str = DOCUMENT_PART) -> str:
    """The text of a part, a line per paragraph, line breaks within one as " / "."""
    xml = parts_of(content)[part].decode().replace("<w:br/>", " / ").replace("<w:tab/>", "\t")
    paragraphs = re.findall(r"<w:p[ >].*?</w:p>", xml, flags=re.DOTALL)
    return "\n".join(re.sub("<[^>]*>", "", paragraph) for paragraph in paragraphs)


def filled(text: str, **values: TemplateValue) -> str:
    """The text of a letter of one paragraph, filled."""
    return text_of(compile_template(letter(text)).fill(values)).strip()


def linked_picture(address: str, *, kind: str = "image") -> bytes:
    """A Word document with a picture that stands on another machine; ``kind`` is what its relationship says it is."""
    return with_relationship(kind, address, inner=_shown_picture("link"))


def embedded_picture(content: bytes, *, name: str = "media/image1.png", content_type: str = "image/png") -> bytes:
    """A Word document that shows this content as a picture, from a part of that name and type."""
    document = with_relationship("image", name, mode="Internal", inner=_shown_picture("embed"))
    override = f'<Override PartName="/word/{name}" ContentType="{content_type}"/></Types>'
    types = parts_of(document)["[Content_Types].xml"].decode().replace("</Types>", override)
    return with_parts(document, {"[Content_Types].xml": types, f"word/{name}": content})


def svg_of(address: str) -> bytes:
    """An SVG drawing that brings in a picture from elsewhere."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="90" height="90">'
        f'<image width="90" height="90" xlink:href="{address}"/></svg>'
    ).encode()


def _shown_picture(attribute: str) -> str:
    return (
        '<w:p><w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/'
        'wordprocessingDrawing"><wp:extent cx="900000" cy="900000"/><wp:docPr id="1" name="p"/>'
        '<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
        '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">'
        '<pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture">'
        '<pic:nvPicPr><pic:cNvPr id="0" name="p"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>'
        f'<a:blip xmlns:r="{RELATIONSHIPS}" r:{attribute}="rId99"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        '<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="900000" cy="900000"/></a:xfrm><a:prstGeom prst="rect"/>'
        "</pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )


def field(*instructions: str) -> str:
    """A paragraph with one field whose code is split over these runs."""
    codes = "".join(f"<w:r><w:instrText>{code}</w:instrText></w:r>" for code in instructions)
    begin, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "end"))
    return f"<w:p>{begin}{codes}{end}</w:p>"


def _encoded(part: bytes | str) -> bytes:
    return part.encode() if isinstance(part, str) else part
