"""Every character is printed as it should be, or known not to be."""

from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]  # it brings no types
import pytest
from PIL import Image

from herald.adapters.installed_fonts import Coverage, described, installed_fonts
from herald.adapters.pdf.converter import OfficeConverter
from tests.adapters.fonts import written_in

SCRIPTS = {
    "Latin": "Žofie Ñandú €",
    "Greek": "Ελένη",
    "Cyrillic": "Олена",
    "Chinese": "李明您好",
    "Japanese": "山田こんにちは",
    "Korean": "김철수",
    "Hindi": "हिन्दी क्षत्रिय",
    "Bengali": "শ্রীমতী",
    "Tamil": "கொடுக்கிறோம்",
    "Thai": "ที่นี่",
    "Amharic": "አማርኛ",
    "Arabic": "محمد علي",
    "Hebrew": "שלום",
    "emoji": "😀🎉👍❤",
    "signs": "☐☑✔★→₹₿",
}


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS)
def test_the_scripts_of_the_world_are_there(text: str) -> None:
    assert installed_fonts().missing(text) == ""


@pytest.mark.parametrize("character", ["\u0378", "\U0001e900", "\U0001d60b"])
def test_what_cannot_be_printed_is_named(character: str) -> None:
    assert installed_fonts().missing(f"Žofie {character}") == character
    assert described(character).endswith(f"(U+{ord(character):04X})")


def test_what_is_not_drawn_needs_no_font() -> None:
    unseen = "\u00ad\u200b\u200d\u202e\u2028\u3000\ufe0f\U000e0100"
    assert Coverage([]).missing(unseen) == ""
    assert Coverage([(0x2764, 0x2764)]).missing("❤\ufe0f") == ""
    assert Coverage([(0x4E00, 0x9FFF)]).missing("李é") == "é"


def test_no_two_scripts_come_out_as_the_same_boxes_or_as_nothing(tmp_path: Path) -> None:
    with OfficeConverter(tmp_path) as converter:
        pdfs = converter.convert([written_in("Calibri", text[0] * 3) for text in SCRIPTS.values()], deadline_seconds=60)
    pictures = [_first_line(pdf) for pdf in pdfs if isinstance(pdf, bytes)]
    assert all(picture.getbbox() for picture in pictures)
    assert len({picture.tobytes() for picture in pictures}) == len(SCRIPTS)


def _first_line(pdf: bytes) -> Image.Image:
    """The ink of the first line, white on black."""
    page: Image.Image = pypdfium2.PdfDocument(pdf)[0].render(scale=1, grayscale=True).to_pil()
    line = page.crop((0, 60, page.width, 90)).point(lambda shade: 255 - shade)
    return line.crop(line.getbbox())
