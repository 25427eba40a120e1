"""Is the committed document what the code says?"""

import difflib
import itertools
from pathlib import Path

_LINES_SHOWN = 30


def compare(path: Path, text: str) -> int:
    """Compare a file with the document as the code gives it, and print the beginning of what differs.

    Returns:
        An exit code: 1 where they differ, or there is no file.
    """
    committed = path.read_text(encoding="utf-8") if path.exists() else ""
    if committed == text:
        return 0
    difference = difflib.unified_diff(committed.splitlines(), text.splitlines(), "committed", "code", lineterm="", n=1)
    print("\n".join(itertools.islice(difference, _LINES_SHOWN)))
    print(f"\n{path.name} is not what the code says: run `make openapi` and commit the result.")
    return 1
