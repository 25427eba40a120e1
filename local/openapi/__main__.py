"""Write or compare the API's document: `python -m local.openapi [--check]`."""

import argparse
import json
import sys
import tomllib
from pathlib import Path

from local.assets import build_assets
from local.openapi.comparison import compare
from local.openapi.document import describe
from local.openapi.functions import load_functions
from local.openapi.operations import Undescribable
from local.openapi.start import add_start

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "openapi" / "herald.json"


def main() -> int:
    """Write the document, or with `--check` compare it with the code.

    Returns:
        The exit code: 1 where the committed document is not what the code says, or the code contradicts itself.
    """
    parser = argparse.ArgumentParser(prog="python -m local.openapi", description="The API's one OpenAPI document.")
    parser.add_argument("--check", action="store_true", help="compare only; exit 1 where the document is out of date")
    parser.add_argument("--to", type=Path, default=DOCUMENT, help="the file (default: openapi/herald.json)")
    arguments = parser.parse_args()
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    try:
        document = describe(load_functions(ROOT), version=version)
        add_start(document)
    except Undescribable as error:
        print(error, file=sys.stderr)
        return 1
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    if arguments.check:
        return compare(arguments.to, text)
    arguments.to.write_text(text, encoding="utf-8")
    build_assets()
    operations = sum(len(item) for item in document["paths"].values())
    print(f"{arguments.to}: {operations} operations, {len(text) // 1024} KB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
