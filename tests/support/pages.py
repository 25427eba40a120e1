"""What a person reads in a PDF."""

import subprocess

_FORM_FEED = "\f"


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, as poppler reads it."""
    command = ["/usr/bin/env", "pdftotext", "-layout", "-", "-"]
    read = subprocess.run(command, input=pdf, capture_output=True, check=True)
    return read.stdout.decode().removesuffix(_FORM_FEED).split(_FORM_FEED)
