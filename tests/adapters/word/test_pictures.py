"""Pictures and QR codes in a filled letter."""

import io
import re
from collections.abc import Mapping

import docx
import pytest
import segno
from docx.document import Document
from docx.shared import Cm, Length
from PIL import Image

from herald.adapters.word import template as word
from herald.adapters.word.template import CompiledTemplate, TemplateValue
from herald.errors import Invalid
from herald.values.picture import read_picture
from tests.adapters import letters
from tests.adapters.pictures import boasting_png, data_url, drawing, photo

PHOTO = read_picture(photo(400, 300))
OTHER = read_picture(drawing())
CODE = "https://example.org/r/123"


def template(*paragraphs: str, header: str = "", footer: str = "") -> CompiledTemplate:
    document = docx.Document(io.BytesIO(letters.letter(*paragraphs)))
    for part, text in ((document.sections[0].header, header), (document.sections[0].footer, footer)):
        if text:
            part.paragraphs[0].text = text
    written = io.BytesIO()
    document.save(written)
    return word.compile_template(written.getvalue())


def opened(content: bytes) -> Document:
    return docx.Document(io.BytesIO(content))


def media(content: bytes) -> dict[str, bytes]:
    return {name: part for name, part in letters.parts_of(content).items() if "/media/" in name}


def size(content: bytes) -> tuple[Length, Length]:
    shape = opened(content).inline_shapes[0]
    return shape.width, shape.height


def refusal(tag: str, values: Mapping[str, TemplateValue]) -> Invalid:
    compiled = template(tag)
    with pytest.raises(Invalid) as caught:
        compiled.fill(values)
    return caught.value


def drawing_numbers(content: bytes) -> list[str]:
    xml = b"".join(part for name, part in letters.parts_of(content).items() if name.endswith(".xml"))
    return re.findall(r'<wp:docPr id="(\d+)"', xml.decode())


def test_a_picture_stands_in_its_line_as_wide_as_asked_and_in_its_own_shape() -> None:
    content = template("Before {{ photo|image('4cm') }} after").fill({"photo": PHOTO})

    assert size(content) == (Cm(4), Cm(3))
    assert letters.text_of(content) == "Before  after"
    assert list(media(content).values()) == [PHOTO.content]


def test_a_picture_without_a_width_has_96_pixels_to_the_inch() -> None:
    assert size(template("{{ photo|image }}").fill({"photo": OTHER})) == (60 * 9525, 40 * 9525)


@pytest.mark.parametrize("pixels", [(3000, 1000), (1000, 3000)])
def test_no_picture_is_larger_than_the_text_of_a_page(pixels: tuple[int, int]) -> None:
    content = template("{{ photo|image }}").fill({"photo": read_picture(drawing(*pixels))})

    width, height = size(content)
    assert width <= Cm(16)
    assert height <= Cm(24)
    assert width / height == pytest.approx(pixels[0] / pixels[1], rel=0.01)


def test_a_code_says_what_the_cell_says() -> None:
    content = template("{{ code|qr }}").fill({"code": CODE})

    assert size(content) == (Cm(3), Cm(3))
    [png] = media(content).values()
    matrix = segno.make_qr(CODE, error="m").matrix_iter(scale=8, border=4)
    with Image.open(io.BytesIO(png)) as image:
        drawn = [[1 if image.getpixel((x, y)) in (0, False) else 0 for x in range(image.width)] for y in range(5)]
        assert image.size[0] == 8 * (len(segno.make_qr(CODE, error="m").matrix) + 8)
    assert drawn == [list(row) for row in matrix][:5]


def test_a_picture_that_is_shown_twice_is_in_the_file_once() -> None:
    content = template("{{ photo|image }} {{ photo|image('2cm') }}", header="{{ photo|image }}").fill({"photo": PHOTO})

    assert len(media(content)) == 1
    assert len(opened(content).inline_shapes) == 2
    assert len(set(drawing_numbers(content))) == 3


def test_pictures_stand_in_headers_and_footers_too() -> None:
    compiled = template("Hello", header="{{ logo|image }}", footer="{{ code|qr('2cm') }}")
    content = compiled.fill({"logo": OTHER, "code": CODE})

    section = opened(content).sections[0]
    for part, picture in ((section.header, OTHER.content), (section.footer, b"\x89PNG")):
        [relationship] = re.findall(r'r:embed="(\w+)"', part._element.xml)
        assert part.part.related_parts[relationship].blob.startswith(picture)


def test_a_blind_reader_hears_the_placeholders_name() -> None:
    content = template("{{ passport_photo|image }}").fill({"passport_photo": PHOTO})

    assert 'descr="passport_photo"' in letters.parts_of(content)[letters.DOCUMENT_PART].decode()


def test_pictures_in_a_loop_are_each_records_own() -> None:
    text = "{% for test in tests %}{{ test.plot|image }}{{ test.name|qr }}{% endfor %}"
    tests: list[dict[str, TemplateValue]] = [
        {"plot": PHOTO, "name": "a"},
        {"plot": OTHER, "name": "b"},
        {"plot": None, "name": "b"},
    ]

    content = template(text).fill({"tests": tests})

    assert len(opened(content).inline_shapes) == 5
    assert len(media(content)) == 4


@pytest.mark.parametrize("tag", ["image", "qr"])
@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_an_empty_cell_draws_nothing(tag: str, nothing: TemplateValue) -> None:
    content = template(f"[{{{{ photo|{tag} }}}}{{{{ photo|{tag}|default('none') }}}}]").fill({"photo": nothing})

    assert letters.text_of(content) == "[none]"
    assert media(content) == {}


def test_a_picture_spelled_out_as_text_is_drawn() -> None:
    content = template("{{ photo|image }}").fill({"photo": data_url(OTHER.content)})

    assert list(media(content).values()) == [OTHER.content]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("smile.jpg", "photo is not a picture"),
        (7, "photo is not a picture"),
        ([{"a": 1}], "photo is not a picture"),
        ("https://example.org/photo.jpg", "addresses are never fetched"),
        ("HTTP://example.org/photo.jpg", "addresses are never fetched"),
        ("file:///etc/passwd", "addresses are never fetched"),
        ("data:image/svg+xml;base64,PHN2Zy8+", "PNG or JPEG files only"),
        (data_url(boasting_png(60_000, 60_000)), "16 megapixels"),
    ],
)
def test_what_is_no_picture_costs_its_row_and_says_why(value: TemplateValue, reason: str) -> None:
    error = refusal("{{ photo|image }}", {"photo": value})

    assert error.code == "template_value_broken"
    assert reason in error.message


def test_a_missing_picture_is_named() -> None:
    assert refusal("{{ photo|image }}", {}).code == "template_value_missing"


@pytest.mark.parametrize("tag", ["{{ photo }}", "{{ photo|upper }}", "{{ photo|qr }}", "{{ photo|number('0') }}"])
def test_a_picture_cannot_be_printed_as_text(tag: str) -> None:
    assert refusal(tag, {"photo": PHOTO}).code == "template_value_broken"


def test_a_text_that_no_code_holds_costs_its_row() -> None:
    assert "longer than a QR code holds" in refusal("{{ code|qr }}", {"code": "x" * 2_332}).message
    assert media(template("{{ code|qr }}").fill({"code": "x" * 2_331}))


def test_more_pictures_than_a_document_holds_cost_their_row() -> None:
    tests = [{"plot": read_picture(boasting_png(4_000, 4_000 - number))} for number in range(7)]
    text = "{% for test in tests %}{{ test.plot|image }}{% endfor %}"

    assert "too large for one document" in refusal(text, {"tests": tests}).message


@pytest.mark.parametrize(
    "tag",
    [
        "{{ photo|image('large') }}",
        "{{ photo|image('90cm') }}",
        "{{ photo|image(4) }}",
        "{{ photo|image(photo) }}",
        "{{ photo|image(width='4cm') }}",
        "{{ photo|image('4cm', '5cm') }}",
        "{{ photo|image|upper }}",
        "{{ photo|image ~ 'text' }}",
        "{% if photo|image %}yes{% endif %}",
        "{% for letter in photo|image %}x{% endfor %}",
    ],
)
def test_a_picture_can_only_be_printed_into_a_line(tag: str) -> None:
    with pytest.raises(Invalid) as caught:
        template(tag)
    assert caught.value.code == "template_forbidden_tag"


def test_the_template_tells_which_of_its_values_are_pictures() -> None:
    compiled = template("{{ photo|image('3cm') }} {{ code|qr }} {{ name }}")

    assert {name: field.kind for name, field in compiled.fields.items()} == {
        "photo": "picture",
        "code": "text",
        "name": "text",
    }
    assert compiled.placeholders == {"photo", "code", "name"}


# ---------------------------------------------------------------- merged


def test_merged_rows_share_their_pictures_and_number_their_own_drawings() -> None:
    compiled = template("{{ photo|image }} {{ code|qr }}", header="{{ logo|image }} {{ name }}")
    rows: list[dict[str, TemplateValue]] = [
        {"photo": PHOTO, "code": f"c{number}", "logo": OTHER, "name": "Zoë"} for number in range(5)
    ]

    content = compiled.merge(rows)

    assert len(media(content)) == 2 + 5
    assert len(opened(content).inline_shapes) == 10
    assert len(set(drawing_numbers(content))) == 15


def test_a_bad_picture_among_merged_rows_is_blamed_on_its_row() -> None:
    compiled = template("{{ photo|image }}")

    with pytest.raises(Invalid) as caught:
        compiled.merge([{"photo": PHOTO}, {"photo": "http://example.org/a.png"}])
    assert caught.value.fields["row_index"] == 1
