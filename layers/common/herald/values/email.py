"""E-mail addresses: one form for each, in which it is stored, compared and written to."""

import re
import unicodedata

from herald.errors import Invalid

LONGEST_EMAIL = 254
"""RFC 5321, section 4.5.3.1.3: a path is at most 256 octets, two of them the angle brackets."""
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_PLAIN = re.compile(
    r"(?=[^@]{1,64}@)[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*"
    rf"@(?!.*--)(?:{_LABEL}\.)+(?!(?:arpa|invalid|local|localhost|onion|test)\Z)[a-z]{{2,63}}"
)
"""What nearly every address is in lower case. The library, which says the same of these, takes long to import."""


def normal_email(text: str) -> str:
    """An e-mail address in its one form: trimmed, in lower case, the domain as DNS knows it (IDNA's ASCII form).

    Whether there is a mailbox is not asked. Refused are what few write and many abuse (display names, quotes, comments,
    addresses of machines), and letters beyond ASCII before the ``@``: SES delivers to none of these, so nobody could
    confirm such an address nor get back into its account.

    Raises:
        Invalid: with the reason under ``email``.
    """
    written = unicodedata.normalize("NFC", text.strip())
    plain = written.lower()
    if written.isascii() and len(plain) <= LONGEST_EMAIL and _PLAIN.fullmatch(plain):
        return plain
    return _parsed(written)


def _parsed(text: str) -> str:
    from email_validator import EmailNotValidError, validate_email

    if len(text) > LONGEST_EMAIL:  # before all else: the library's time grows with the length
        raise _not_an_address(f"at most {LONGEST_EMAIL} characters")
    try:
        parsed = validate_email(text, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError as error:
        raise _not_an_address(str(error)) from error
    return f"{parsed.local_part.casefold()}@{parsed.ascii_domain}"


def _not_an_address(reason: str) -> Invalid:
    return Invalid("This is not an e-mail address; write it like name@example.com.", fields={"email": reason})
