"""Hostile and broken Word files are refused before anything opens them."""

import gzip
import io
import zipfile

import docx
import pytest
from PIL import Image

from herald.adapters.word import package as word_package
from herald.adapters.word import template as word
from herald.errors import Invalid
from tests.adapters import letters, pictures

DOCTYPE = '<!DOCTYPE w:document [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def code_of(content: bytes) -> str:
    with pytest.raises(Invalid) as refused:
        word_package.open_package(content)
    with pytest.raises(Invalid):
        word.compile_template(content)
    return refused.value.code


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "template_not_word"),
        (b"\x8f\x01" * 500, "template_not_word"),
        (b"PK\x03\x04" + b"\x8f\x01" * 500, "template_not_word"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "template_legacy_format"),
        (b"{\\rtf1\\ansi hello}", "template_rtf"),
        (b"\xef\xbb\xbf\r\n<html><img src='http://example.org/'></html>", "template_html"),
        (b"<?xml version='1.0'?><w:wordDocument/>", "template_html"),
    ],
)
def test_another_format_in_disguise_is_refused(content: bytes, code: str) -> None:
    assert code_of(content) == code


def test_another_office_format_is_refused() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", "<office:document-content/>")
    assert code_of(written.getvalue()) == "template_not_word"


def test_a_template_file_of_word_is_refused() -> None:
    assert code_of(letters.with_content_type("document.main+xml", "template.main+xml")) == "template_not_word"


def test_a_file_larger_than_the_limit_is_refused() -> None:
    assert code_of(b"PK\x03\x04" + bytes(word_package.MAX_ZIPPED_BYTES)) == "template_too_large"


def test_a_zip_bomb_is_refused_while_it_unpacks() -> None:
    zeros = bytes(word_package.MAX_INFLATED_BYTES + 1)
    assert code_of(letters.with_parts(letters.letter("x"), {"word/media/a.png": zeros})) == "template_too_large"


def test_too_many_parts_are_refused() -> None:
    parts = {f"word/media/{number}.png": b"" for number in range(word_package.MAX_PARTS)}
    assert code_of(letters.with_parts(letters.letter("x"), parts)) == "template_too_large"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_in_every_encoding(encoding: str) -> None:
    document = letters.parts_of(letters.with_body("", before=DOCTYPE))[letters.DOCUMENT_PART].decode()
    document = document.replace("UTF-8", encoding)
    content = letters.with_parts(letters.letter("x"), {letters.DOCUMENT_PART: document.encode(encoding)})
    assert code_of(content) in {"template_xml_entities", "template_broken_package"}


def test_entities_are_refused_in_any_part() -> None:
    part = f'<?xml version="1.0"?>{DOCTYPE}<w:document>&b;</w:document>'
    assert code_of(letters.with_parts(letters.letter("x"), {"customXml/item1.xml": part})) == "template_xml_entities"


def test_macros_are_refused() -> None:
    plain = "wordprocessingml.document.main+xml"
    assert code_of(letters.with_content_type(plain, "document.macroEnabled.main+xml")) == "template_macros"
    assert code_of(letters.with_parts(letters.letter("x"), {"word/vbaProject.bin": b"\x01"})) == "template_macros"


def test_embedded_objects_are_refused() -> None:
    old = b"\xd0\xcf\x11\xe0" + bytes(64)
    assert code_of(letters.with_parts(letters.letter("x"), {"word/media/a.png": old})) == "template_embedded_object"
    assert code_of(letters.with_parts(letters.letter("x"), {"word/a.exe": b"MZ"})) == "template_embedded_object"
    assert code_of(letters.with_body("<w:p><w:r><w:object/></w:r></w:p>")) == "template_embedded_object"
    inside = letters.with_relationship("oleObject", "embeddings/a.bin", mode="Internal")
    assert code_of(inside) == "template_embedded_object"


def test_an_svg_drawing_is_refused() -> None:
    svg = "<svg xmlns='http://www.w3.org/2000/svg'><image href='http://example.org/a.png'/></svg>"
    assert code_of(letters.with_parts(letters.letter("x"), {"word/media/a.svg": svg})) == "template_unsupported_part"


FILE_SVG = letters.svg_of("file:///etc/logo.png")
EMF = bytes.fromhex("01000000") + bytes(36) + b" EMF" + bytes(60)


@pytest.mark.parametrize(
    "content",
    [
        FILE_SVG,
        b"\xef\xbb\xbf\n" + FILE_SVG,
        gzip.compress(FILE_SVG),
        EMF,
        b"\xd7\xcd\xc6\x9a" + bytes(60),
        b"II*\0",
        b"",
    ],
)
def test_another_format_under_the_name_of_a_picture_is_refused(content: bytes) -> None:
    assert code_of(letters.embedded_picture(content)) == "template_unsupported_part"


def test_a_picture_that_says_it_is_of_another_kind_is_refused() -> None:
    mistyped = letters.embedded_picture(pictures.photo(), content_type="image/png")
    assert code_of(mistyped) == "template_unsupported_part"
    tiff = letters.embedded_picture(pictures.drawing(), content_type="image/tiff")
    assert code_of(tiff) == "template_unsupported_part"


def test_a_drawing_does_not_hide_in_a_part_that_is_no_picture() -> None:
    hidden = letters.embedded_picture(FILE_SVG, name="item.xml", content_type="application/xml")
    assert code_of(hidden) == "template_unsupported_part"
    font = "application/vnd.openxmlformats-officedocument.obfuscatedFont"
    for name in ("fonts/font1.odttf", "fonts/FONT1.odttf"):
        assert code_of(letters.embedded_picture(FILE_SVG, name=name, content_type=font)) == "template_embedded_object"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP"])
def test_the_usual_pictures_are_welcome(kind: str) -> None:
    written = io.BytesIO()
    Image.radial_gradient("L").save(written, kind)
    content = letters.embedded_picture(written.getvalue(), content_type=f"image/{kind.lower()}")
    assert word.compile_template(content).fill({})


def test_a_preview_of_the_file_is_left_out_whatever_it_is() -> None:
    filled = word.compile_template(letters.with_parts(letters.letter("x"), {"docProps/thumbnail.emf": EMF})).fill({})
    assert "docProps/thumbnail.emf" not in letters.parts_of(filled)


def many_frames() -> bytes:
    """A GIF of one small screen, and of frames that are larger than it."""
    written = io.BytesIO()
    frames = [Image.new("L", (10, 10), shade) for shade in (1, 2)]
    frames[0].save(written, "GIF", save_all=True, append_images=frames[1:])
    return written.getvalue().replace(b",\0\0\0\0\x0a\0\x0a\0", b",\0\0\0\0\xff\xff\xff\xff")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (pictures.boasting_png(9000, 9000), "png"),
        (pictures.boasting_png(60000, 1), "png"),
        (b"GIF89a\xff\xff\xff\xff\0\0\0;", "gif"),
        (many_frames(), "gif"),
        (b"BM" + bytes(12) + b"\x28\0\0\0" + b"\0\0\1\0" + b"\0\0\xff\xff" + bytes(40), "bmp"),
    ],
)
def test_a_picture_of_too_many_pixels_is_refused_and_named(content: bytes, kind: str) -> None:
    with pytest.raises(Invalid) as refused:
        word_package.open_package(letters.embedded_picture(content, content_type=f"image/{kind}"))
    assert refused.value.code == "template_picture_too_large"
    assert refused.value.fields == {"part": "word/media/image1.png"}


def test_many_pictures_are_measured_together() -> None:
    content = letters.embedded_picture(pictures.boasting_png(4000, 4000))
    types = letters.parts_of(content)["[Content_Types].xml"].decode()
    typed = types.replace("<Override", '<Default Extension="png" ContentType="image/png"/><Override', 1)
    more = {f"word/media/{number}.png": pictures.boasting_png(4000, 4000) for number in range(6)}
    word_package.open_package(content)
    crowd = letters.with_parts(content, {"[Content_Types].xml": typed, **more})
    assert code_of(crowd) == "template_picture_too_large"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"GIF89a", "gif"),
        (b"GIF89a\1\0\1\0\0\0\0?", "gif"),
        (b"GIF89a\1\0\1\0\0\0\0,", "gif"),
        (b"BM", "bmp"),
        (b"\xff\xd8\xff", "jpeg"),
        (b"\x89PNG\r\n\x1a\n", "png"),
    ],
)
def test_a_damaged_picture_is_refused(content: bytes, kind: str) -> None:
    damaged = letters.embedded_picture(content, content_type=f"image/{kind}")
    assert code_of(damaged) == "template_picture_damaged"


def test_a_picture_is_not_fetched_by_what_says_it_is_a_link() -> None:
    address = "http://127.0.0.1/a.png"
    assert code_of(letters.linked_picture(address, kind="hyperlink")) == "template_external_link"
    for attribute in ("r:href", "r:id", "o:relid", "r:pict"):
        drawing = (
            '<w:p><w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:imagedata '
            f'xmlns:r="{letters.RELATIONSHIPS}" xmlns:o="urn:schemas-microsoft-com:office:office" {attribute}="rId99"/>'
            "</v:shape></w:pict></w:r></w:p>"
        )
        hostile = letters.with_relationship("hyperlink", address, inner=drawing)
        assert code_of(hostile) == "template_external_link", attribute


def test_a_chunk_of_another_file_is_refused() -> None:
    assert code_of(letters.with_body('<w:altChunk w:id="a"/>')) == "template_imports_file"
    assert code_of(letters.with_relationship("aFChunk", "a.html", mode="Internal")) == "template_imports_file"


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("image", "http://127.0.0.1/a.png"),
        ("image", "file:///etc/hostname"),
        ("attachedTemplate", "http://127.0.0.1/evil.dotm"),
        ("hyperlink", "file:///etc/passwd"),
        ("hyperlink", "javascript:alert(1)"),
        ("hyperlink", "\\\\server\\share"),
    ],
)
@pytest.mark.parametrize("mode", ["External", "external", "Internal"])
def test_what_points_outside_is_refused(kind: str, target: str, mode: str) -> None:
    assert code_of(letters.with_relationship(kind, target, mode=mode)) == "template_external_link"


def test_a_link_to_a_web_page_is_welcome() -> None:
    link = (
        f'<w:p><w:hyperlink xmlns:r="{letters.RELATIONSHIPS}" r:id="rId99"><w:r><w:t>x</w:t></w:r></w:hyperlink></w:p>'
    )
    word_package.open_package(letters.with_relationship("hyperlink", "https://example.org/", inner=link))


def test_a_drawing_of_old_word_that_points_outside_is_refused() -> None:
    drawing = '<w:p><w:r><w:pict><v:imagedata xmlns:v="urn:schemas-microsoft-com:vml" src="http://127.0.0.1/a"/></w:pict></w:r></w:p>'
    assert code_of(letters.with_body(drawing)) == "template_external_link"


@pytest.mark.parametrize(
    "inner",
    [
        letters.field("DDEAUTO c:\\\\windows\\\\cmd.exe"),
        letters.field("D", "D", "E cmd"),
        letters.field(" includepicture http://127.0.0.1/a.png"),
        letters.field("INCLUDE", "TEXT file:///etc/hostname"),
        letters.field("LINK Excel.Sheet"),
        letters.field(""),
        '<w:p><w:fldSimple w:instr="DDE cmd"/></w:p>',
        # The inner field spells the outer one's name.
        letters.field("").replace("<w:instrText></w:instrText>", '<w:fldChar w:fldCharType="begin"/></w:r>'
            '<w:r><w:instrText>QUOTE 68 68 69</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
            "<w:r><w:instrText> cmd</w:instrText>"),
        "<w:p><w:r><w:instrText>DDE cmd</w:instrText></w:r></w:p>",
    ],
)  # fmt: skip
def test_a_field_that_reaches_outside_is_refused(inner: str) -> None:
    assert code_of(letters.with_body(inner)) == "template_dangerous_field"


@pytest.mark.parametrize(
    "instruction",
    [
        'HYPERLINK "file:///etc/passwd"',
        "hyperlink javascript:alert(1)",
        'HYPERLINK "\\\\\\\\server\\\\share"',
        'HYPERLINK \\o "a hint" "C:\\\\secret.docx" \\l "x"',
        'HYPERLINK "other.docx"',
        "HYPERLINK",
    ],
)
def test_a_link_field_that_leads_to_a_file_is_refused(instruction: str) -> None:
    assert code_of(letters.with_body(letters.field(instruction))) == "template_external_link"


@pytest.mark.parametrize(
    "instruction",
    [
        ' HYPERLINK "https://example.org/a" \\l "part" \\o "A hint: read this" \\t "_blank" ',
        "HYPERLINK mailto:a@example.org",
        'HYPERLINK \\l "_Toc1" \\h',
        'HYPERLINK "" \\l "here"',
    ],
)
def test_a_link_field_to_the_web_or_a_bookmark_is_welcome(instruction: str) -> None:
    word_package.open_package(letters.with_body(letters.field(instruction)))


def test_a_field_cannot_be_spelt_by_a_placeholder() -> None:
    assert code_of(letters.with_body(letters.field("PAGE {{ x }}"))) == "template_tag_in_field"


def test_the_usual_fields_are_welcome() -> None:
    fields = ("PAGE", " NUMPAGES \\* MERGEFORMAT ", 'DATE \\@ "d MMMM"', "=1+1", 'HYPERLINK "https://example.org"')
    word_package.open_package(letters.with_body("".join(map(letters.field, fields))))


@pytest.mark.parametrize(
    "tag",
    [
        "{{ ''.__class__ }}",
        "{{ x.__init__ }}",
        "{{ x['__init__'] }}",
        "{{ x|attr('__class__') }}",
        "{{ x.__init__.__globals__.os.popen('id').read() }}",
        "{{ self.__init__.__globals__.__builtins__.__import__('os').popen('id').read() }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ lipsum() }}",
        "{{ range(10) }}",
        "{{ x.upper() }}",
        "{{ 'a' * 1000000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ x[::2] }}",
        "{{ x[y] }}",
        "{{ x|safe }}",
        "{{ x|number(*y) }}",
        "{{ x|__rows_of('y') }}",
        "{{ {'a': 1} }}",
        "{% set a = 1 %}",
        "{% include 'x' %}",
        "{% import 'os' as os %}",
        "{% extends 'x' %}",
        "{% macro a() %}{% endmacro %}",
        "{% raw %}{{ &lt;w:p&gt; }}{% endraw %}",
        "{% filter upper %}x{% endfilter %}",
        "{% for a in x recursive %}{% endfor %}",
        "{% for a in x %}{% for b in x %}{% for c in x %}{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in x %}{% endfor %}" * 21,
    ],
)
def test_a_template_cannot_ask_for_more_than_its_language(tag: str) -> None:
    with pytest.raises(Invalid) as refused:
        word.compile_template(letters.letter(tag)).fill({"x": "a", "y": []})
    assert refused.value.code in {"template_forbidden_tag", "template_broken_tag"}


def test_a_template_sees_values_and_not_the_objects_that_hold_them() -> None:
    for tag in ("{{ x.upper }}", "{{ rows.append }}", "{{ row.items }}", "{{ loop }}", "{{ self }}", "{{ rows[5] }}"):
        with pytest.raises(Invalid, match=r"no value|not printed"):
            word.compile_template(letters.letter(tag)).fill({"x": "a", "rows": [{}], "row": [{"a": 1}]})


def test_xml_cannot_be_smuggled_in_through_a_tag() -> None:
    for text in ('{{ "<w:instrText>DDE</w:instrText>" }}', '{{ "}}" }}', '{{ "%}<w:br/>" }}'):
        try:
            content = word.compile_template(letters.letter(text)).fill({})
        except Invalid:
            continue
        document = docx.Document(io.BytesIO(content))
        assert not document.element.xpath("//w:instrText | //w:br")


def test_what_is_hidden_outside_of_the_text_is_refused() -> None:
    inner = '<w:p><w:bookmarkStart w:id="1" w:name="{{ x }}"/><w:r><w:t>{{ y }}</w:t></w:r></w:p>'
    with pytest.raises(Invalid, match="hidden"):
        word.compile_template(letters.with_body(inner))


def test_parts_that_were_not_checked_do_not_survive() -> None:
    content = letters.letter("{{ name }}")
    smuggled = b"MZ not a part" + content + b"<html>"
    with pytest.raises(Invalid):
        word.compile_template(smuggled)
    appended = word.compile_template(content + b"<html>hello").fill({"name": "Anna"})
    assert b"<html>" not in appended
