"""A PDF that opens with a password alone."""

import io
import secrets


def protect_pdf(pdf: bytes, password: str) -> bytes:
    """Encrypt a PDF with AES-256 (ISO 32000-2, revision 6 of the standard security handler).

    Args:
        pdf: The bytes of an unprotected PDF.
        password: What opens it; may not be empty.

    Returns:
        The bytes of the protected PDF, its metadata encrypted too.

    Raises:
        ValueError: The password is empty: such a PDF would open for everybody.
    """
    import pikepdf

    if not password:
        raise ValueError("A PDF cannot be protected by an empty password.")
    protected = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        # The owner's password opens the file as well, so it is a secret that nobody keeps.
        owner = secrets.token_urlsafe(32)
        document.save(
            protected, encryption=pikepdf.Encryption(user=password, owner=owner, R=6, aes=True, metadata=True)
        )
    return protected.getvalue()
