import pytest

from local.carrier.segments import count_segments


@pytest.mark.parametrize(
    ("body", "segments"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("Ç" * 160, 1),
        ("€" * 80, 1),
        ("€" * 80 + "a", 2),
        ("ç" * 70, 1),
        ("ç" * 71, 2),
        ("ç" * 134, 2),
        ("ç" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_a_text_costs_the_segments_its_alphabet_allows(body: str, segments: int) -> None:
    assert count_segments(body) == segments


def test_an_escaped_character_is_not_torn_apart_by_a_segment_border() -> None:
    assert count_segments("a" * 306) == 2
    assert count_segments("a" * 152 + "€" + "a" * 152) == 3


def test_an_emoji_is_not_torn_apart_by_a_segment_border() -> None:
    assert count_segments("ç" * 134) == 2
    assert count_segments("ç" * 66 + "😀" + "ç" * 66) == 3
