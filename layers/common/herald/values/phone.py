"""Phone numbers in E.164, the form that carriers take (ITU-T E.164: at most fifteen digits)."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from herald.errors import Invalid

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_MOST_DIGITS = 15
"""E.164; some national plans have longer numbers, which no carrier takes."""


def parse_phone(text: str, *, default_region: str | None = None) -> str:
    """A phone number as people write it, in E.164.

    Args:
        text: e.g. ``+1 (202) 555-0100`` or ``001 202 555 0100``, or national digits where ``default_region`` (ISO 3166,
            e.g. ``KE``) is given.
        default_region: where a number without a country code belongs; empty like ``None``.

    Raises:
        Invalid: with the reason under ``phone``.
    """
    import phonenumbers

    number = text.strip()
    if number.startswith("00"):
        # What most of the world dials before a country code; no national number begins with two zeros.
        number = f"+{number[2:]}"
    if number.startswith("+"):
        found = _read(number, None, phonenumbers.is_possible_number)
    elif default_region:
        found = _read(number, default_region, phonenumbers.is_valid_number)
    else:
        raise Invalid(
            "Write the phone number with its country code, for example +14155551234, or say which country it is of.",
            fields={"phone": "a phone number needs its country code"},
        )
    if found is None:
        raise _not_a_number(default_region)
    return found


def parse_phone_cell(number: float, *, default_region: str | None = None) -> str:
    """A phone number out of a cell that Excel took for a number: without its plus and its leading zeros, in E.164.

    With ``default_region`` a national number is preferred, also one whose zeros are lost; else the digits must begin
    with a country code.

    Raises:
        Invalid: with the reason under ``phone``.
    """
    import phonenumbers

    digits = str(int(number)) if number > 0 and float(number).is_integer() else ""
    for written in (digits, f"0{digits}") if default_region else ():
        found = _read(written, default_region, phonenumbers.is_valid_number)
        if found is not None:
            return found
    found = _read(f"+{digits}", None, phonenumbers.is_possible_number)
    if found is None:
        raise _not_a_number(default_region)
    return found


def require_country(code: str) -> str:
    """A country's two letters (ISO 3166-1 alpha-2) in capitals.

    Raises:
        Invalid: there is no such country, or it has no phone numbers of its own.
    """
    from phonenumbers import SUPPORTED_REGIONS

    country = code.strip().upper()
    if country not in SUPPORTED_REGIONS:
        raise Invalid(
            'Write the country as its two letters (ISO 3166), for example "KE" for Kenya or "TZ" for Tanzania.',
            fields={"country": 'two letters, for example "KE"'},
        )
    return country


def mask_phone(phone: str) -> str:
    """Enough of a number to recognise it in a log, too little to call it: ``+1415*****34``."""
    return phone[:5] + "*" * max(0, len(phone) - 7) + phone[-2:] if len(phone) > 7 else "*" * len(phone)  # noqa: PLR2004 - seven digits stay in sight


def _read(text: str, region: str | None, is_good: "Callable[[PhoneNumber], bool]") -> str | None:
    import phonenumbers

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not is_good(number):
        return None
    phone = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return phone if len(phone) <= 1 + _MOST_DIGITS else None


def _not_a_number(region: str | None) -> Invalid:
    if not region:
        return Invalid(
            "This is not a phone number; write it like +14155551234.",
            fields={"phone": "not a phone number"},
        )
    return Invalid(
        f"This is no phone number of {region}; write it as dialled there, or with its country code, +14155551234.",
        fields={"phone": "not a phone number"},
    )
