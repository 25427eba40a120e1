"""PDFs compared page by page."""

import pytest

from herald.adapters.pdf.comparison import identical_pages, page_count, same_pages
from herald.adapters.pdf.converter import OfficeConverter
from tests.adapters import letters
from tests.adapters.printing import printed


def test_the_same_document_twice_shows_the_same_pages(converter: OfficeConverter) -> None:
    one, other = (printed(converter, letters.letter("Hello", "World")) for _ in range(2))
    assert same_pages(one, other)
    assert page_count(one) == 1


@pytest.mark.parametrize(
    "other",
    [
        letters.letter("Hello", "Mars"),
        letters.letter("Hello", *["World"] * 60),
        letters.letter("Hello", "", "World"),
        letters.with_body('<w:p><w:r><w:rPr><w:b/><w:sz w:val="40"/></w:rPr><w:t>Hello</w:t></w:r></w:p>'),
    ],
)
def test_another_text_length_place_or_look_is_another_page(converter: OfficeConverter, other: bytes) -> None:
    assert not same_pages(printed(converter, letters.letter("Hello", "World")), printed(converter, other))


def test_pages_are_identical_to_the_pixel_or_not_at_all(converter: OfficeConverter) -> None:
    def amount(colour: str) -> bytes:
        return printed(
            converter,
            letters.with_body(f'<w:p><w:r><w:rPr><w:color w:val="{colour}"/></w:rPr><w:t>1911.19</w:t></w:r></w:p>'),
        )

    assert identical_pages(amount("000000"), amount("000000"))
    assert same_pages(amount("000000"), amount("060606"))
    assert not identical_pages(amount("000000"), amount("060606"))
    assert not identical_pages(amount("000000"), printed(converter, letters.letter("1911.91")))


def test_what_is_no_pdf_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="not a PDF"):
        page_count(b"nothing")
