"""What the documentation pages are made of, put where both a deployment and the local stack pick it up.

`python -m local.assets` fills `functions/platform/docs/assets`: the page libraries out of their Python packages
(neither of which is ever imported), compressed once and named by their content, so that a browser may keep them for
ever; the pages, naming them; and the API's document.
"""

import gzip
import hashlib
import importlib.util
import json
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "functions" / "platform" / "docs"
ASSETS = DOCS / "assets"
DOCUMENT = ROOT / "openapi" / "herald.json"

_SIDECAR = "static/drf_spectacular_sidecar"
_FOREIGN_LOGO = b"https://cdn.redoc.ly/redoc/logo-mini.svg"
_NO_PICTURE = b"data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="
_MENTION = re.compile(r"\{\{ ([\w.-]+) \}\}")
_DIGITS_OF_HASH = 12


@dataclass(frozen=True)
class _Library:
    """A file of an installed package, and how the pages call it."""

    name: str
    package: str
    path: str

    def read(self) -> bytes:
        """Its content.

        Raises:
            FileNotFoundError: The package is not installed, or has no such file any more.
        """
        found = importlib.util.find_spec(self.package)
        if found is None or not found.submodule_search_locations:
            raise FileNotFoundError(f"{self.package} is not installed; run `make setup`.")
        return (Path(found.submodule_search_locations[0]) / self.path).read_bytes()


_LIBRARIES = (
    _Library("swagger-ui.js", "drf_spectacular_sidecar", f"{_SIDECAR}/swagger-ui-dist/swagger-ui-bundle.js"),
    _Library("swagger-ui.css", "drf_spectacular_sidecar", f"{_SIDECAR}/swagger-ui-dist/swagger-ui.css"),
    _Library("swagger-ui.LICENSE.txt", "drf_spectacular_sidecar", f"{_SIDECAR}/swagger-ui-dist/LICENSE"),
    _Library("redoc.js", "drf_spectacular_sidecar", f"{_SIDECAR}/redoc/bundles/redoc.standalone.js"),
    _Library("redoc.LICENSE.txt", "drf_spectacular_sidecar", f"{_SIDECAR}/redoc/LICENSE"),
    _Library("rapidoc.js", "flask_openapi3_rapidoc", "templates/rapidoc/js/rapidoc-min.js"),
)


def build_assets(folder: Path = ASSETS) -> None:
    """Fill a folder; what already stands there with the right content is left alone.

    Raises:
        FileNotFoundError: A package is not installed.
        KeyError: A page names an asset that does not exist.
    """
    sources = {library.name: library.read() for library in _LIBRARIES}
    sources |= {path.name: path.read_bytes() for path in sorted(DOCS.glob("pages/*")) if path.suffix != ".html"}
    sources["redoc.js"] = _without_foreign_logo(sources["redoc.js"])
    names = {name: _hashed(name, content) for name, content in sources.items()}
    folder.mkdir(exist_ok=True)
    for name, content in sources.items():
        packed = folder / f"{names[name]}.gz"
        if not packed.exists():
            _replace(packed, gzip.compress(content, 9, mtime=0))
    for page in sorted(DOCS.glob("pages/*.html")):
        text = _MENTION.sub(lambda mention: f"/docs/assets/{names[mention[1]]}", page.read_text(encoding="utf-8"))
        _replace(folder / page.name, text.encode())
    if DOCUMENT.exists():
        _replace(folder / "openapi.json", _compact(DOCUMENT.read_text(encoding="utf-8")))
    for outdated in {path.name for path in folder.glob("*.gz")} - {f"{name}.gz" for name in names.values()}:
        (folder / outdated).unlink(missing_ok=True)


def _without_foreign_logo(content: bytes) -> bytes:
    """ReDoc shows a picture from its maker's site; our pages ask nobody but us."""
    if content.count(_FOREIGN_LOGO) != 1:
        raise ValueError("This version of ReDoc names its logo differently; see what it asks of other sites now.")
    return content.replace(_FOREIGN_LOGO, _NO_PICTURE)


def _hashed(name: str, content: bytes) -> str:
    stem, dot, suffix = name.partition(".")
    return f"{stem}.{hashlib.sha256(content).hexdigest()[:_DIGITS_OF_HASH]}{dot}{suffix}"


def _compact(text: str) -> bytes:
    return json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=False).encode()


def _replace(path: Path, content: bytes) -> None:
    """Whole or not at all, and untouched where nothing changed: others may read, or watch, the folder meanwhile."""
    if path.exists() and path.read_bytes() == content:
        return
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_bytes(content)
    part.replace(path)


if __name__ == "__main__":
    build_assets()
    sys.exit(0)
