"""PDFs compared page by page, and PDFs that open with a password alone."""

import io

import pikepdf
import pytest

from herald.adapters.pdf.comparison import page_count, same_pages
from herald.adapters.pdf.converter import OfficeConverter
from herald.adapters.pdf.protection import protect_pdf
from tests.adapters import letters


def printed(converter: OfficeConverter, content: bytes) -> bytes:
    (pdf,) = converter.convert([content], deadline_seconds=60)
    assert isinstance(pdf, bytes)
    return pdf


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


def test_what_is_no_pdf_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="not a PDF"):
        page_count(b"nothing")


def test_a_protected_pdf_opens_with_its_password_alone(converter: OfficeConverter) -> None:
    plain = printed(converter, letters.letter("The diagnosis"))
    protected = protect_pdf(plain, "Pässwört 7")
    for wrong in ("", "Passwort 7", "owner"):
        with pytest.raises(pikepdf.PasswordError):
            pikepdf.open(io.BytesIO(protected), password=wrong)
    with pikepdf.open(io.BytesIO(protected), password="Pässwört 7") as opened:
        assert opened.encryption.R == 6
        assert str(opened.encryption.stream_method).endswith("aesv3")
        assert not opened.owner_password_matched
        assert len(opened.pages) == 1


def test_nothing_is_protected_by_an_empty_password() -> None:
    with pytest.raises(ValueError, match="empty password"):
        protect_pdf(b"", "")
