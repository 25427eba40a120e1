"""A photo and a QR code come out of a real LibreOffice as they went in."""

from collections.abc import Sequence

import pypdfium2  # type: ignore[import-untyped]  # it brings no types
import pytest
import segno
from PIL import Image

from herald.adapters.pdf.comparison import same_pages
from herald.adapters.pdf.converter import OfficeConverter
from herald.adapters.word import template as word
from herald.values.picture import read_picture
from tests.adapters import letters
from tests.adapters.pictures import drawing

DPI = 300
FIRST_LINE_INCHES = 1.35
CODES = ("https://example.org/r/1", "https://example.org/r/2", "https://example.org/r/3")


def page(pdf: bytes) -> Image.Image:
    document = pypdfium2.PdfDocument(pdf)
    image: Image.Image = document[0].render(scale=DPI / 72).to_pil()
    document.close()
    return image.convert("RGB")


def modules(shown: Image.Image, count: int) -> list[list[int]]:
    """The black and white squares of the one code on a page, below its first line."""
    below = shown.crop((0, round(FIRST_LINE_INCHES * DPI), *shown.size)).convert("L")
    dark = below.point(lambda grey: 255 if grey < 128 else 0)
    box = dark.getbbox()
    assert box is not None
    side = (box[2] - box[0]) / count
    middles = [(number + 0.5) * side for number in range(count)]
    return [[int(dark.getpixel((int(box[0] + x), int(box[1] + y))) == 255) for x in middles] for y in middles]


def squares(text: str) -> Sequence[Sequence[int]]:
    return [list(row) for row in segno.make_qr(text, error="m").matrix]


def test_the_code_on_the_page_is_the_code_of_the_cell_alone_and_among_others(converter: OfficeConverter) -> None:
    template = word.compile_template(letters.letter("Show this at the door:", "{{ code|qr('5cm') }}"))
    rows = [{"code": code} for code in CODES]

    [alone] = converter.convert([template.fill(rows[1])], deadline_seconds=60)
    together = converter.convert_merged(template.merge(rows), len(rows), deadline_seconds=60)

    assert isinstance(alone, bytes)
    assert isinstance(together, list)
    for pdf, code in ((alone, CODES[1]), *zip(together, CODES, strict=True)):
        expected = squares(code)
        assert modules(page(pdf), len(expected)) == expected


def test_a_photo_fills_its_place_and_looks_the_same_alone_and_among_others(converter: OfficeConverter) -> None:
    template = word.compile_template(letters.letter("{{ photo|image('4cm') }}{{ photo|image('2cm') }}"))
    rows = [{"photo": read_picture(drawing(400, 300, colour=colour))} for colour in ("red", "blue")]

    [alone] = converter.convert([template.fill(rows[1])], deadline_seconds=60)
    together = converter.convert_merged(template.merge(rows), len(rows), deadline_seconds=60)

    assert isinstance(alone, bytes)
    assert isinstance(together, list)
    assert same_pages(alone, together[1])
    shown = page(alone)
    # What is blue and not white: red is the one channel that tells.
    box = shown.getchannel("R").point(lambda red: 255 if red < 128 else 0).getbbox()
    assert box is not None
    left, top, right, bottom = box
    assert right - left == pytest.approx(6 * DPI / 2.54, abs=6)
    assert bottom - top == pytest.approx(3 * DPI / 2.54, abs=6)
