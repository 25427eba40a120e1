"""Phone numbers in E.164, the form that carriers take (ITU-T E.164: at most fifteen digits)."""

from herald.errors import Invalid


def parse_phone(text: str, *, default_region: str | None = None) -> str:
    """A phone number as people write it, in E.164.

    Args:
        text: e.g. ``+1 (202) 555-0100``, or national digits where ``default_region`` (ISO 3166, e.g. ``KE``) is given.
        default_region: where a number without a country code belongs.

    Raises:
        Invalid: with the reason under ``phone``.
    """
    import phonenumbers

    if not text.strip().startswith("+") and default_region is None:
        raise Invalid(
            "Write the phone number with its country code, for example +14155551234.",
            fields={"phone": "a phone number needs its country code"},
        )
    try:
        number = phonenumbers.parse(text, default_region)
    except phonenumbers.NumberParseException as error:
        raise _not_a_number() from error
    if not phonenumbers.is_possible_number(number):
        raise _not_a_number()
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def mask_phone(phone: str) -> str:
    """Enough of a number to recognise it in a log, too little to call it: ``+1415*****34``."""
    return phone[:5] + "*" * max(0, len(phone) - 7) + phone[-2:] if len(phone) > 7 else "*" * len(phone)  # noqa: PLR2004 - seven digits stay in sight


def _not_a_number() -> Invalid:
    return Invalid(
        "This is not a phone number; write it like +14155551234.",
        fields={"phone": "not a phone number"},
    )
