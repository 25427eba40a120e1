"""Each e-mail address has one form, and what is not plainly one address is refused."""

import unicodedata
from collections.abc import Callable

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from herald.errors import Invalid
from herald.values.email import LONGEST_EMAIL, normal_email

_CHARACTERS = st.sampled_from([*"abzABZ019._-+!'@@<>, \"[]()\\\0\nß\u017fİ\u0131ΣςéÜ。\uff20\u0301\u212a\u200d"])
NEARLY_ADDRESSES = st.one_of(
    st.emails(),
    st.emails().map(str.upper),
    st.text(_CHARACTERS, max_size=40),
    st.builds("{}@{}.{}".format, *[st.text(_CHARACTERS, min_size=1, max_size=12)] * 3),
    st.builds(
        "{}@{}.{}".format,
        st.text("ab.", min_size=1, max_size=70),
        st.text("ab-.", min_size=1, max_size=70),
        st.sampled_from(["com", "c1", "test", "local", "ONION", "xn--p1ai", "c-m", "arpa", "localhost"]),
    ),
)


def normal_or_refused(text: str) -> str | None:
    try:
        return normal_email(text)
    except Invalid:
        return None


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("ann@example.com", "ann@example.com"),
        ("  Ann@Example.COM ", "ann@example.com"),
        ("ann+tag@mail.example.co.ke", "ann+tag@mail.example.co.ke"),
        ("O'Brien@example.com", "o'brien@example.com"),
        ("ann@straße.example", "ann@xn--strae-oqa.example"),
        ("ann@XN--strae-oqa.example", "ann@xn--strae-oqa.example"),
        ("ann@BÜCHER.example", "ann@xn--bcher-kva.example"),
        ("ann@BU\u0308CHER.example", "ann@xn--bcher-kva.example"),
        ("\u212aim@example.com", "kim@example.com"),  # the sign for Kelvin is the letter K
        ("a" * 64 + "@example.com", "a" * 64 + "@example.com"),
    ],
)
def test_an_address_has_one_form_however_it_is_written(text: str, email: str) -> None:
    assert normal_email(text) == email


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ann",
        "@example.com",
        "ann@",
        "ann@example",
        "an n@example.com",
        "ann@exam\nple.com",
        "ann\0@example.com",
        "ann@example.com\0",
        "a@example.com,b@example.com",
        "a@example.com;b@example.com",
        "a@example.com b@example.com",
        "Ann <ann@example.com>",
        "<ann@example.com>",
        "x<victim@corp.example",
        "<b>ann</b>@example.com",
        "ann@<b>example</b>.com",
        '"ann lee"@example.com',
        "ann(comment)@example.com",
        "ann@[192.0.2.1]",
        "ann@192.0.2.1",
        "ann@localhost.localdomain.test",
        ".ann@example.com",
        "ann..lee@example.com",
        "ann@example..com",
        "ann@-example.com",
        "ann@example.com.",
        "ann@xn--a.example",
        "straße@example.com",  # SES delivers to no such address
        "\u0430nn@example.com",  # a Cyrillic a
        "a" * 65 + "@example.com",
        "a@" + "b" * 64 + ".com",
        "a" * 60 + "@" + "b." * 96 + "com",
    ],
)
def test_what_is_not_plainly_one_address_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        normal_email(text)

    assert set(refusal.value.fields) == {"email"}


@given(NEARLY_ADDRESSES)
@example("Σ@example.com")
def test_the_form_of_an_address_is_its_own_form_and_plain(text: str) -> None:
    email = normal_or_refused(text)
    if email is None:
        return

    assert normal_email(email) == email
    assert len(email) <= LONGEST_EMAIL
    assert email.isascii()
    assert email.isprintable()
    assert email.count("@") == 1
    assert not set(email) & set('<>,;"()[]\\ ')


@given(NEARLY_ADDRESSES)
def test_plain_addresses_are_read_as_the_library_reads_them(text: str) -> None:
    """The library is asked only about what is not plain; it must make no difference."""
    try:
        parsed = validate_email(
            unicodedata.normalize("NFC", text.strip()), check_deliverability=False, allow_smtputf8=False, strict=True
        )
    except EmailNotValidError:
        assert normal_or_refused(text) is None
    else:
        assert normal_or_refused(text) == f"{parsed.local_part.lower()}@{parsed.ascii_domain}"


@given(st.emails(), st.sampled_from([str.upper, str.lower, str.swapcase, str.title]), st.sampled_from(["", " ", "\n"]))
def test_case_and_space_around_an_address_make_no_other(text: str, write: Callable[[str], str], space: str) -> None:
    assert normal_or_refused(f"{space}{write(text)}{space}") == normal_or_refused(text)
