import pytest
from hypothesis import given
from hypothesis import strategies as st

from herald.errors import Invalid
from herald.identity.accounts.model import check_new_password, normal_email


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("ann@example.com", "ann@example.com"),
        ("  Ann@Example.COM ", "ann@example.com"),
        ("ann+tag@mail.example.co.ke", "ann+tag@mail.example.co.ke"),
    ],
)
def test_addresses_are_compared_trimmed_and_in_lower_case(text: str, email: str) -> None:
    assert normal_email(text) == email


@pytest.mark.parametrize(
    "text",
    ["", "ann", "@example.com", "ann@", "ann@example", "an n@example.com", "ann@exam\nple.com", "a" * 250 + "@b.co"],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        normal_email(text)

    assert set(refusal.value.fields) == {"email"}


@given(st.emails())
def test_every_usual_address_is_accepted_and_stays_as_it_became(text: str) -> None:
    email = normal_email(text)

    assert normal_email(email) == email


@pytest.mark.parametrize(
    "password", ["", "1234567", "x" * 257, "ann.lee@example.com", "ANN.LEE@example.com", "ann.lee", "Ann.Leeds"]
)
def test_a_weak_password_is_refused(password: str) -> None:
    email = "ann.leeds@example.com" if password == "Ann.Leeds" else "ann.lee@example.com"

    with pytest.raises(Invalid) as refusal:
        check_new_password(password, email=email)

    assert set(refusal.value.fields) == {"password"}
    assert not password or password not in refusal.value.message


@pytest.mark.parametrize("password", ["securePassword123", "x" * 8, "x" * 256, "žluťoučký kůň", "        "])
def test_any_other_password_of_a_fair_length_will_do(password: str) -> None:
    check_new_password(password, email="ann@example.com")
