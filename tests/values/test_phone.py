import pytest
from hypothesis import given
from hypothesis import strategies as st

from herald.errors import Invalid
from herald.values.phone import mask_phone, parse_phone, parse_phone_cell, require_country


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


@pytest.mark.parametrize(
    ("number", "country", "phone"),
    [
        (712345678, "KE", "+254712345678"),
        (712345678.0, "KE", "+254712345678"),
        (254712345678, "KE", "+254712345678"),
        (12025550123, "KE", "+12025550123"),
        (612345678, "IT", "+390612345678"),
        (11987654321, "BR", "+5511987654321"),
        (12025550123, None, "+12025550123"),
        (12025550123, "", "+12025550123"),
    ],
)
def test_a_number_that_lost_its_plus_and_its_zeros_becomes_whole(
    number: float, country: str | None, phone: str
) -> None:
    assert parse_phone_cell(number, default_region=country) == phone


@pytest.mark.parametrize(
    ("number", "country"),
    [(5550123, None), (5550123, "US"), (612345678.5, "IT"), (0, "KE"), (-712345678, "KE"), (1e300, None)],
)
def test_a_number_that_nobody_can_be_reached_by_is_refused(number: float, country: str | None) -> None:
    with pytest.raises(Invalid):
        parse_phone_cell(number, default_region=country)


def test_a_national_number_must_exist_where_a_whole_one_need_only_be_possible() -> None:
    assert parse_phone("+12025550100", default_region="KE") == "+12025550100"
    with pytest.raises(Invalid, match="KE"):
        parse_phone("12025550100", default_region="KE")


def test_a_longer_number_than_carriers_take_is_refused() -> None:
    with pytest.raises(Invalid):
        parse_phone("+8110000000000000")


@pytest.mark.parametrize(("code", "country"), [("KE", "KE"), (" ke ", "KE"), ("br", "BR")])
def test_a_country_is_its_two_letters_in_capitals(code: str, country: str) -> None:
    assert require_country(code) == country


@pytest.mark.parametrize("code", ["", "XX", "Kenya", "K", "254", "001"])
def test_what_is_no_country_is_refused(code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        require_country(code)

    assert list(refusal.value.fields) == ["country"]
