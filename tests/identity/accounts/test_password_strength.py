"""Passwords that others would guess are refused, with advice."""

import pytest

from herald.errors import Invalid
from herald.identity.accounts.password_strength import check_password


@pytest.mark.parametrize(
    "password",
    [
        "password",
        "password123",
        "Passw0rd!",
        "12345678",
        "qwertyuiop",
        "aaaaaaaaaaaa",
        "iloveyou1",
        "ChangeMe123",
        "19840512",
        "abcdefgh",
        "greenfield",
        "amina.otieno",
        "herald123",
        "1" * 256,
    ],
)
def test_what_others_would_guess_is_refused_with_advice(password: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_password(password, email="amina@greenfield.example", words=["Amina Otieno"])

    assert refusal.value.code == "validation_error"
    assert refusal.value.fields["password"]


@pytest.mark.parametrize(
    "password",
    [
        "securePassword123",
        "correct horse battery",
        "long enough 1",
        "köttbullar-på-fredag",
        "%(^;{~=]&*",
        "x9#Lm!2q" * 32,
    ],
)
def test_what_others_would_hardly_guess_will_do(password: str) -> None:
    check_password(password, email="amina@greenfield.example", words=["Amina Otieno"])


def test_what_is_known_of_somebody_does_not_make_a_password() -> None:
    check_password("otieno-wanjiru", email="joseph@clinic.example")

    with pytest.raises(Invalid):
        check_password("otieno-wanjiru", email="otieno@wanjiru.example")


def test_the_advice_says_how_to_do_better() -> None:
    with pytest.raises(Invalid) as refusal:
        check_password("password123", email="amina@greenfield.example")

    assert refusal.value.message == (
        "This password is too easy to guess. This is a very common password. "
        "Add another word or two. Uncommon words are better."
    )
