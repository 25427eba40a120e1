"""Pictures from outside are taken in as what they are, or refused by their first bytes."""

import pytest

from herald.errors import Invalid
from herald.values.picture import LARGEST_PICTURE_BYTES, named_picture, picture_size, read_data_url, read_picture
from tests.adapters.pictures import animation, boasting_png, data_url, drawing, photo

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
EMF = b"\x01\x00\x00\x00" + bytes(36) + b" EMF"


def refusal(content: bytes) -> str:
    with pytest.raises(Invalid) as caught:
        read_picture(content)
    return caught.value.code


def test_the_two_kinds_are_measured_by_their_headers() -> None:
    assert picture_size(photo(400, 300)) == (400, 300)
    assert picture_size(drawing(60, 40)) == (60, 40)
    assert (read_picture(photo()).content_type, read_picture(drawing()).content_type) == ("image/jpeg", "image/png")


def test_a_name_is_made_of_the_content() -> None:
    assert read_picture(photo()) == read_picture(photo())
    assert read_picture(photo()) != read_picture(photo(shade=9))
    assert named_picture(read_picture(drawing()).name) == read_picture(drawing())


@pytest.mark.parametrize("content", [SVG, EMF, animation(), b"", b"BM" + bytes(60), b"%PDF-1.7"])
def test_other_kinds_are_refused_whatever_they_are_called(content: bytes) -> None:
    assert refusal(content) == "picture_unsupported"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.98])
def test_half_a_png_is_damaged(share: float) -> None:
    assert refusal(drawing()[: int(len(drawing()) * share)]) == "picture_damaged"


def test_a_jpeg_without_a_frame_is_damaged() -> None:
    assert refusal(photo()[:20]) == "picture_damaged"
    assert refusal(b"\xff\xd8\xff\xd9") == "picture_damaged"


def test_one_changed_byte_of_a_png_shows() -> None:
    content = bytearray(drawing())
    content[20] ^= 1
    assert refusal(bytes(content)) == "picture_damaged"


@pytest.mark.parametrize("size", [(5_000, 5_000), (60_000, 10), (2**31 - 1, 2**31 - 1)])
def test_a_picture_that_unpacks_without_measure_is_refused_by_its_header(size: tuple[int, int]) -> None:
    assert refusal(boasting_png(*size)) == "picture_too_large"


def test_a_picture_without_an_extent_is_damaged() -> None:
    assert refusal(boasting_png(0, 10)) == "picture_damaged"


def test_a_large_file_is_refused_unread() -> None:
    assert refusal(drawing() + bytes(LARGEST_PICTURE_BYTES)) == "picture_too_large"


def test_a_text_may_spell_out_a_picture() -> None:
    assert read_data_url(data_url(photo(), "jpeg")) == read_picture(photo())


@pytest.mark.parametrize(
    "text", [data_url(SVG, "svg+xml"), "data:image/png,AAAA", "data:image/png;base64,####", data_url(animation())]
)
def test_a_text_that_spells_out_something_else_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        read_data_url(text)


@pytest.mark.parametrize("name", ["../../other/x.png", "x.png", "", "0" * 32 + ".svg", "0" * 32 + ".png\n"])
def test_no_name_leads_anywhere_else(name: str) -> None:
    with pytest.raises(ValueError, match="no picture"):
        named_picture(name)
