"""PDFs that open with a password alone."""

import io

import pikepdf
import pytest

from herald.adapters.pdf.converter import OfficeConverter
from herald.adapters.pdf.protection import protect_pdf
from tests.adapters import letters
from tests.adapters.printing import printed


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
