"""Word files as attackers send them: each is refused in a sentence, or comes out without what was in it."""

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Iterable

import pytest

from herald.adapters.word.package import open_package
from herald.adapters.word.template import compile_template
from herald.errors import Invalid
from tests.adapters import letters, pictures

TYPES = "[Content_Types].xml"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SETTINGS = "word/settings.xml"
DOCUMENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
VML = 'xmlns:v="urn:schemas-microsoft-com:vml"'
LAUGHS = "".join(f'<!ENTITY {name} "{f"&{inner};" * 10}">' for name, inner in zip("abcdefg", "bcdefgh", strict=True))
TYPE_OF_MACROS = '<Override PartName="/word/a.bin" ContentType="application/vnd.ms-office.vbaProject"/>'
UTF_16 = '<?xml version="1.0" encoding="UTF-16"?><a/>'.encode("utf-16")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def refusal(content: bytes) -> Invalid:
    with pytest.raises(Invalid) as refused:
        compile_template(content)
    return refused.value


def plain() -> bytes:
    return letters.letter("Dear {{ name }}")


def plus(parts: dict[str, bytes | str], *, types: str = "") -> bytes:
    """A letter with more parts, and more entries in the list of their types."""
    written = letters.parts_of(plain())[TYPES].decode().replace("</Types>", f"{types}</Types>")
    return letters.with_parts(plain(), {TYPES: written, **parts})


def declared(document_type: str, entity: str = "&a;") -> bytes:
    return letters.with_body(f"<w:p><w:r><w:t>{entity}</w:t></w:r></w:p>", before=document_type)


def settings_with(inner: str) -> bytes:
    return letters.with_parts(
        plain(), {SETTINGS: f'<w:settings xmlns:w="{WORD}" xmlns:r="{OFFICE}/relationships">{inner}</w:settings>'}
    )


def drawn(inner: str) -> bytes:
    """A letter with a drawing as old versions of Word have them."""
    return letters.with_body(f"<w:p><w:r><w:pict>{inner}</w:pict></w:r></w:p>")


def entries(names: Iterable[str], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A letter whose zip has more entries of these names."""
    written = io.BytesIO(plain())
    with zipfile.ZipFile(written, "a", method) as archive:
        for name in names:
            archive.writestr(name, "<a/>")
    return written.getvalue()


def flagged_as_encrypted() -> bytes:
    """A letter whose entries say that they are encrypted (APPNOTE.TXT 4.4.4)."""
    content = bytearray(plain())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(signature)
        while place >= 0:
            content[place + offset] |= 1
            place = content.find(signature, place + 1)
    return bytes(content)


def lying_about_sizes() -> bytes:
    """A letter whose directory says that every part is one byte long."""
    content = bytearray(plain())
    place = content.find(b"PK\x01\x02")
    while place >= 0:
        struct.pack_into("<L", content, place + 24, 1)
        place = content.find(b"PK\x01\x02", place + 1)
    return bytes(content)


def wrong_checksum() -> bytes:
    content = bytearray(plain())
    struct.pack_into("<L", content, content.find(b"PK\x01\x02") + 16, 1)
    return bytes(content)


def without(part: str) -> bytes:
    return letters.zipped({name: content for name, content in letters.parts_of(plain()).items() if name != part})


def retyped(content_type: str) -> bytes:
    return letters.with_content_type(DOCUMENT, content_type)


def root_link(target: str, count: int = 1) -> bytes:
    links = "".join(
        f'<Relationship Id="r{number}" Type="{OFFICE}/relationships/officeDocument" Target="{target}"/>'
        for number in range(count)
    )
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return letters.with_parts(plain(), {"_rels/.rels": f'<Relationships xmlns="{space}">{links}</Relationships>'})


def deep(depth: int) -> bytes:
    return letters.with_body("<w:sdt><w:sdtContent>" * depth + "</w:sdtContent></w:sdt>" * depth)


def picture_of(content: bytes, kind: str = "image/png") -> bytes:
    return letters.embedded_picture(content, content_type=kind)


def png_that_inflates() -> bytes:
    """A picture of few bytes that says that it is huge."""
    return pictures.boasting_png(60_000, 60_000)


ZIPS = {
    "nothing": b"",
    "text": b"Dear {{ name }}",
    "end of a zip alone": b"PK\x05\x06" + bytes(18),
    "cut in half": plain()[: len(plain()) // 2],
    "without its directory": plain()[:-100],
    "junk before it": b"MZ" + plain(),
    "gzip": gzip.compress(plain()),
    "zip in a zip": letters.zipped({"letter.docx": plain()}),
    "seven-zip": b"7z\xbc\xaf\x27\x1c" + bytes(100),
    "rar": b"Rar!\x1a\x07\x00" + bytes(100),
    "pdf": b"%PDF-1.7\n" + bytes(100),
    "encrypted by Office": OLE,
    "encrypted by zip": flagged_as_encrypted(),
    "wrong checksum": wrong_checksum(),
    "wrong sizes": lying_about_sizes(),
    "packed as bzip2": entries(["word/a.xml"], method=zipfile.ZIP_BZIP2),
    "packed as lzma": entries(["word/a.xml"], method=zipfile.ZIP_LZMA),
    "two parts of a name": entries(["WORD/DOCUMENT.XML"]),
    "out of the folder": entries(["../evil.xml"]),
    "out of a folder inside": entries(["word/../../evil.xml"]),
    "absolute name": entries(["/etc/cron.d/evil.xml"]),
    "backslashes": entries(["word\\..\\..\\evil.xml"]),
    "too many parts": entries(f"word/a{number}.xml" for number in range(2_001)),
    "html": b"<html><body>{{ name }}</body></html>",
    "mhtml": b"MIME-Version: 1.0\r\nContent-Type: multipart/related",
    "flat xml": b"<?xml version='1.0'?><pkg:package xmlns:pkg='http://schemas.microsoft.com/office/2006/xmlPackage'/>",
    "rtf": b"{\\rtf1{\\object\\objautlink}}",
}
XML = {
    "internal entity": declared('<!DOCTYPE a [<!ENTITY a "b">]>'),
    "external entity": declared('<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
    "entity of the network": declared('<!DOCTYPE a [<!ENTITY a SYSTEM "http://127.0.0.1/a">]>'),
    "parameter entity": declared('<!DOCTYPE a [<!ENTITY % a SYSTEM "http://127.0.0.1/a">%a;]>', ""),
    "document type elsewhere": declared('<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd">', ""),
    "public document type": declared('<!DOCTYPE a PUBLIC "-//A" "http://127.0.0.1/a.dtd">', ""),
    "billion laughs": declared(f"<!DOCTYPE a [{LAUGHS}]>"),
    "unknown entity": declared("", "&a;"),
    "broken": letters.with_parts(plain(), {letters.DOCUMENT_PART: "<w:document"}),
    "another language": letters.with_parts(plain(), {letters.DOCUMENT_PART: "<html/>"}),
    "utf-7": letters.with_parts(plain(), {letters.DOCUMENT_PART: b'<?xml version="1.0" encoding="UTF-7"?><a/>'}),
    "utf-16": letters.with_parts(
        plain(), {letters.DOCUMENT_PART: '<?xml version="1.0" encoding="UTF-16"?><a/>'.encode("utf-16")}
    ),
    "control characters": letters.with_body("<w:p><w:r><w:t>\x01</w:t></w:r></w:p>"),
    "too deep": deep(400),
    "types with entities": letters.with_parts(plain(), {TYPES: '<!DOCTYPE a [<!ENTITY a "b">]><Types/>'}),
    "links with entities": letters.with_parts(plain(), {"_rels/.rels": '<!DOCTYPE a [<!ENTITY a "b">]><a/>'}),
}
PACKAGES = {
    "no types": without(TYPES),
    "no links": without("_rels/.rels"),
    "no document": without(letters.DOCUMENT_PART),
    "document that is not there": root_link("word/missing.xml"),
    "document outside": root_link("../../etc/passwd"),
    "two documents": root_link("word/document.xml", 2),
    "links to its own links": root_link("_rels/.rels"),
    "document with macros": retyped("application/vnd.ms-word.document.macroEnabled.main+xml"),
    "template with macros": retyped("application/vnd.ms-word.template.macroEnabledTemplate.main+xml"),
    "template": retyped(DOCUMENT.replace("document.main", "template.main")),
    "workbook": retyped("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"),
    "slides": retyped("application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"),
    "untyped": retyped("text/plain"),
}
EMBEDDED = {
    "macros": plus({"word/vbaProject.bin": OLE}),
    "macros of another name": plus({"word/a.bin": b"x"}, types=TYPE_OF_MACROS),
    "macros by a link": letters.with_relationship("vbaProject", "a.bin", mode="Internal"),
    "keyboard macros": letters.with_relationship("keyMapCustomizations", "a.xml", mode="Internal"),
    "old object": plus({"word/embeddings/a.bin": OLE}),
    "object as a picture": picture_of(OLE),
    "object by an element": letters.with_body("<w:p><w:r><w:object/></w:r></w:p>"),
    "object of the old drawings": letters.with_body(
        '<w:p><w:r><w:pict><o:OLEObject xmlns:o="urn:schemas-microsoft-com:office:office"/></w:pict></w:r></w:p>'
    ),
    "control": letters.with_body("<w:p><w:r><w:control/></w:r></w:p>"),
    "control by a link": letters.with_relationship("control", "activeX/a.xml", mode="Internal"),
    "package": letters.with_relationship("package", "embeddings/a.xlsx", mode="Internal"),
    "program": plus({"word/media/a.exe": b"MZ" + bytes(100)}),
    "script": plus({"word/a.js": b"alert(1)"}),
    "chunk": letters.with_body('<w:altChunk r:id="rId99"/>'.replace("r:id", "w:id")),
    "chunk by a link": letters.with_relationship("aFChunk", "a.html", mode="Internal"),
    "sub-document": letters.with_body('<w:subDoc w:id="a"/>'),
    "frame": letters.with_relationship("frame", "http://127.0.0.1/"),
    "mail merge": settings_with('<w:mailMerge><w:query w:val="SELECT 1"/></w:mailMerge>'),
    "mail merge by a link": letters.with_relationship("mailMergeSource", "file:///c:/a.mdb"),
    "remote template": letters.with_relationship("attachedTemplate", "http://127.0.0.1/a.dotm"),
    "remote template of a share": letters.with_relationship("attachedTemplate", "\\\\127.0.0.1\\a.dotm"),
    "remote template by an element": settings_with('<w:attachedTemplate w:id="a"/>'),
    "frames": settings_with("<w:frameset/>"),
}
LINKS = {
    "picture of the network": letters.linked_picture("http://127.0.0.1/a.png"),
    "picture of the disk": letters.linked_picture("file:///etc/passwd"),
    "picture of a share": letters.linked_picture("\\\\127.0.0.1\\a.png"),
    "picture of ftp": letters.linked_picture("ftp://127.0.0.1/a.png"),
    "picture called a link": letters.linked_picture("http://127.0.0.1/a.png", kind="hyperlink"),
    "sound": letters.with_relationship("audio", "http://127.0.0.1/a.wav"),
    "film": letters.with_relationship("video", "http://127.0.0.1/a.mp4"),
    "style sheet": letters.with_relationship("xsltTransform", "http://127.0.0.1/a.xsl"),
    "link to a program": letters.with_relationship("hyperlink", "ms-msdt:/id"),
    "link to a script": letters.with_relationship("hyperlink", "javascript:alert(1)"),
    "link to data": letters.with_relationship("hyperlink", "data:text/html,a"),
    "link to the disk": letters.with_relationship("hyperlink", "file:///etc/passwd"),
    "old drawing": drawn(f'<v:imagedata {VML} src="http://127.0.0.1/a"/>'),
    "old drawing's link": drawn(f'<v:shape {VML} href="file:///a"/>'),
    "old drawing's fill": drawn(f'<v:fill {VML} src="\\\\127.0.0.1\\a"/>'),
}
FIELDS = {
    code: letters.with_body(letters.field(code))
    for code in (
        *("DDE cmd", "DDEAUTO c:\\\\cmd.exe", "dde cmd", "INCLUDETEXT file:///etc/passwd", "INCLUDEPICTURE http://a/a"),
        *(
            "LINK Excel.Sheet",
            "EMBED Word.Document",
            "IMPORT a.png",
            "INCLUDE a.doc",
            "RD a.docx",
            "DATABASE \\d a.mdb",
        ),
        *("MACROBUTTON evil", "GOTOBUTTON a", "PRINT 27", "ASK a", "FILLIN a", "SET a b", "AUTOTEXT a", "USERINFO x"),
        *("FILENAME \\p", "TEMPLATE \\p", "HTMLACTIVEX", "ADDIN x", "PRIVATE x", "MERGEFIELD a", "NEXT", "SHAPE x"),
        *(
            'HYPERLINK "file:///a"',
            'HYPERLINK "\\\\\\\\a\\\\b"',
            "HYPERLINK javascript:a",
            "HYPERLINK vbscript:a",
            "",
            "\\* x",
        ),
    )
}
PICTURES = {
    "svg": plus({"word/media/a.svg": letters.svg_of("http://127.0.0.1/a")}),
    "svg as png": picture_of(letters.svg_of("file:///etc/passwd")),
    "packed svg as png": picture_of(gzip.compress(letters.svg_of("file:///etc/passwd"))),
    "svg in another part": plus({"word/a.xml": letters.svg_of("file:///etc/passwd")}),
    "postscript": picture_of(b"%!PS-Adobe-3.0 EPSF-3.0\n"),
    "emf": picture_of(bytes.fromhex("01000000") + bytes(36) + b" EMF" + bytes(60), "image/x-emf"),
    "wmf": picture_of(b"\xd7\xcd\xc6\x9a" + bytes(60), "image/x-wmf"),
    "tiff": picture_of(b"II*\0" + bytes(60), "image/tiff"),
    "webp": picture_of(b"RIFF\x10\0\0\0WEBPVP8 " + bytes(20), "image/webp"),
    "pdf as png": picture_of(b"%PDF-1.7"),
    "html as png": picture_of(b"<html/>"),
    "nothing as png": picture_of(b""),
    "huge": picture_of(png_that_inflates()),
    "wide": picture_of(pictures.boasting_png(100_000, 1)),
    "damaged": picture_of(b"\x89PNG\r\n\x1a\n" + zlib.compress(bytes(10))),
    "another kind": picture_of(pictures.photo()),
}
REFUSED = [
    pytest.param(content, id=f"{group}: {name or 'no name'}")
    for group, table in {
        "zip": ZIPS,
        "xml": XML,
        "package": PACKAGES,
        "embedded": EMBEDDED,
        "link": LINKS,
        "field": FIELDS,
        "picture": PICTURES,
    }.items()
    for name, content in table.items()
]


def test_there_are_enough_attacks() -> None:
    assert len(REFUSED) >= 67


@pytest.mark.parametrize("content", REFUSED)
def test_a_hostile_document_is_refused_in_a_sentence(content: bytes) -> None:
    error = refusal(content)

    assert error.code.startswith("template_")
    assert error.message.endswith(".")
    assert "Error" not in error.message


@pytest.mark.parametrize(
    "content",
    [
        plus({"docProps/thumbnail.emf": b"\x01\0\0\0evil"}),
        plain() + b"MZ evil",
        plus({"word/a.xml": '<?xml version="1.0"?><?xml-stylesheet href="http://127.0.0.1/evil"?><a/>'}),
        letters.with_body("<?evil instruction?><!-- evil --><w:p><w:r><w:t>{{ name }}</w:t></w:r></w:p>"),
        letters.with_relationship("hyperlink", "https://example.org/"),
        letters.with_relationship("image", "document.xml", mode="Internal"),
        letters.with_relationship("officeDocument", "document.xml", mode="Internal"),
        letters.with_relationship("header", "../word/../word/document.xml", mode="Internal"),
    ],
)
def test_what_is_no_danger_is_left_out_or_checked_again(content: bytes) -> None:
    filled = compile_template(content).fill({"name": "Anna"})

    open_package(filled)
    assert b"evil" not in letters.parts_of(filled)[letters.DOCUMENT_PART]
    assert "docProps/thumbnail.emf" not in letters.parts_of(filled)
