"""Pictures as people put them into workbooks, and as nobody should, written for the tests."""

import base64
import io
import struct
import zlib

from PIL import Image


def photo(width: int = 400, height: int = 300, *, shade: int = 0) -> bytes:
    """A JPEG with a gradient in it; another ``shade`` is another picture."""
    return _written(Image.radial_gradient("L").resize((width, height)).point(lambda grey: grey ^ shade), "JPEG")


def drawing(width: int = 60, height: int = 40, *, colour: str = "navy") -> bytes:
    """A PNG of one colour."""
    return _written(Image.new("RGB", (width, height), colour), "PNG")


def animation() -> bytes:
    """A GIF."""
    return _written(Image.new("L", (10, 10)), "GIF")


def boasting_png(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header claims another size."""
    small = drawing(1, 1)
    header = b"IHDR" + struct.pack(">2I", width, height) + small[24:29]
    return small[:12] + header + struct.pack(">I", zlib.crc32(header)) + small[33:]


def data_url(content: bytes, kind: str = "png") -> str:
    """A picture as a text."""
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def _written(image: Image.Image, kind: str) -> bytes:
    written = io.BytesIO()
    image.save(written, kind)
    return written.getvalue()
