"""Documents printed by the LibreOffice that the tests share."""

from herald.adapters.pdf.converter import OfficeConverter


def printed(converter: OfficeConverter, content: bytes) -> bytes:
    """The PDF of one document."""
    (pdf,) = converter.convert([content], deadline_seconds=60)
    assert isinstance(pdf, bytes)
    return pdf
