import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from herald.errors import Invalid
from herald.identity.accounts.model import check_new_password, normal_login, normal_username
from herald.values.email import normal_email


@given(
    st.text("aAß\u017fİΣςéÉ\u0301._-1", min_size=3, max_size=12), st.sampled_from([str.upper, str.lower, str.casefold])
)
def test_a_user_name_is_the_same_in_every_written_form(text: str, write: Callable[[str], str]) -> None:
    try:
        username = normal_username(text)
    except Invalid:
        return

    assert normal_username(username) == username
    assert normal_login(text) == normal_login(username) == username
    assert normal_login(unicodedata.normalize("NFD", username)) == username
    assert normal_login(f" {write(username)} ") == username


@given(st.emails())
def test_an_address_is_the_same_as_a_login(text: str) -> None:
    try:
        email = normal_email(text)
    except Invalid:
        return

    assert normal_login(text) == normal_login(text.upper()) == email


@pytest.mark.parametrize("text", ["ann@x,bob@y", "Ann <ann@example.com>", "\u017ftaff@example.com", "\0@example.com"])
def test_what_cannot_be_a_login_is_nobodys(text: str) -> None:
    with pytest.raises(Invalid):
        normal_email(normal_login(text))


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
