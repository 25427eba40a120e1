import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from herald.values.ids import compact_id, derived_id, expand_id, new_id, random_text

NAMESPACE = "7d3c9a52-6c1b-4f6e-9d6f-6b0f6f0f2f11"


def test_a_new_id_is_a_uuid_of_version_seven() -> None:
    identifier = uuid.UUID(new_id())

    assert identifier.version == 7
    assert identifier.variant == uuid.RFC_4122


def test_ids_sort_by_the_millisecond_they_were_made_in() -> None:
    moments = [1_000_000_000_000, 1_795_377_404_123, 1_795_377_404_124, 9_999_999_999_999]
    ticking = iter(moments)

    ids = [new_id(nanoseconds=lambda: next(ticking) * 1_000_000) for _ in moments]

    assert ids == sorted(ids)
    assert [uuid.UUID(identifier).int >> 80 for identifier in ids] == moments


def test_no_two_ids_are_alike() -> None:
    assert len({new_id() for _ in range(2_000)}) == 2_000


@given(st.uuids())
def test_a_compact_id_expands_to_what_it_was(identifier: uuid.UUID) -> None:
    compact = compact_id(str(identifier))

    assert len(compact) == 22
    assert compact.isalnum()
    assert compact.isascii()
    assert expand_id(compact) == str(identifier)


@given(st.text(max_size=40))
def test_only_the_compact_form_of_an_id_expands(text: str) -> None:
    try:
        identifier = expand_id(text)
    except ValueError:
        return

    assert compact_id(identifier) == text


@pytest.mark.parametrize("text", ["", "1", "0" * 21, "0" * 23, "z" * 22, "0" * 21 + "-", "0" * 21 + "٣"])
def test_what_is_no_compact_id_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        expand_id(text)


def test_a_derived_id_is_the_same_for_the_same_name_only() -> None:
    first = derived_id(NAMESPACE, "one")

    assert derived_id(NAMESPACE, "one") == first
    assert derived_id(NAMESPACE, "other") != first
    assert derived_id(new_id(), "one") != first
    assert uuid.UUID(first).version == 5


def test_random_text_is_as_long_as_asked_and_never_twice_the_same() -> None:
    texts = {random_text(width=22) for _ in range(500)}

    assert len(texts) == 500
    assert all(len(text) == 22 and text.isalnum() and text.isascii() for text in texts)
