import pytest
from hypothesis import given
from hypothesis import strategies as st

from herald.errors import Invalid
from herald.values.page import decode_cursor, encode_cursor

SORT_KEYS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(SORT_KEYS)
def test_a_cursor_leads_back_to_its_sort_key(sort_key: str) -> None:
    cursor = encode_cursor(sort_key)

    assert decode_cursor(cursor) == sort_key
    assert all(character.isalnum() or character in "-_" for character in cursor)


@given(st.text())
def test_a_text_is_a_cursor_of_ours_or_refused_as_invalid(text: str) -> None:
    try:
        sort_key = decode_cursor(text)
    except Invalid as error:
        assert error.fields == {"cursor": "unknown cursor"}  # noqa: PT017 - the other outcome is as good
        return

    assert encode_cursor(sort_key) == text


@pytest.mark.parametrize("text", ["", "!!!", "é", "a", "YWJj=", "YWJj YWJj", "_w", "\ud800"])
def test_an_edited_cursor_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        decode_cursor(text)

    assert refusal.value.code == "validation_error"
