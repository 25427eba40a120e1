import pytest
from hypothesis import given
from hypothesis import strategies as st

from herald.errors import Invalid
from herald.values.phone import mask_phone, parse_phone


@pytest.mark.parametrize(
    ("text", "region", "phone"),
    [
        ("+1 (202) 555-0100", None, "+12025550100"),
        ("  +14155551234 ", None, "+14155551234"),
        ("+44 20 7946 0958", None, "+442079460958"),
        ("0712 345678", "KE", "+254712345678"),
        ("+254 712 345678", "US", "+254712345678"),
        ("0043 660 1234567", "DE", "+436601234567"),
    ],
)
def test_a_number_as_people_write_it_becomes_e164(text: str, region: str | None, phone: str) -> None:
    assert parse_phone(text, default_region=region) == phone


def test_a_number_without_a_country_is_not_guessed() -> None:
    with pytest.raises(Invalid) as refusal:
        parse_phone("415 555 1234")

    assert refusal.value.code == "validation_error"
    assert refusal.value.fields == {"phone": "a phone number needs its country code"}


@pytest.mark.parametrize(
    "text", ["+", "+1", "+999 12345678", "+1 415 555 12345678901", "+12025550100" * 100, "+CALLME"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_phone(text)

    assert refusal.value.code == "validation_error"


@pytest.mark.parametrize("region", ["", "XX", "kenya"])
def test_an_unknown_region_helps_nobody(region: str) -> None:
    with pytest.raises(Invalid):
        parse_phone("0712 345678", default_region=region)


@given(st.text(max_size=30) | st.from_regex(r"\+[0-9 ()-]{6,20}", fullmatch=True))
def test_whatever_comes_in_a_number_or_a_refusal_comes_out(text: str) -> None:
    try:
        phone = parse_phone(text)
    except Invalid:
        return

    assert phone.startswith("+")
    assert phone[1:].isdecimal()
    assert len(phone) <= 1 + 15


def test_a_masked_number_can_be_recognised_but_not_called() -> None:
    assert mask_phone("+14155551234") == "+1415*****34"


@given(st.from_regex(r"\+[0-9]{0,15}", fullmatch=True))
def test_a_mask_keeps_the_length_and_hides_something(phone: str) -> None:
    masked = mask_phone(phone)

    assert len(masked) == len(phone)
    assert "*" in masked
