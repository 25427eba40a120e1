"""What a column is called in a template."""

import re

from herald.values.search import folded


def placeholder_name(title: str) -> str:
    """A column's title as a placeholder: lower case, no accents, anything but letters and digits as ``_``."""
    name = re.sub(r"\W+", "_", folded(title)).strip("_")
    return f"_{name}" if name[:1].isdigit() else name
