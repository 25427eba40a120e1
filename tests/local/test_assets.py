import gzip
import re
from pathlib import Path

import pytest

from local import assets


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "assets"
    assets.build_assets(folder)
    return folder


def test_every_page_names_files_that_were_built(built: Path) -> None:
    pages = list(built.glob("*.html"))
    assert {page.name for page in pages} == {"swagger.html", "redoc.html", "rapidoc.html"}
    for page in pages:
        text = page.read_text()
        assert "{{" not in text
        for name in re.findall(r'"/docs/assets/([^"]+)"', text):
            assert (built / f"{name}.gz").exists()


def test_no_library_brings_a_picture_from_another_site(built: Path) -> None:
    (redoc,) = built.glob("redoc.*.js.gz")
    assert b"cdn.redoc.ly" not in gzip.decompress(redoc.read_bytes())


def test_building_again_touches_nothing_and_removes_what_is_outdated(built: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in built.iterdir()}
    (built / "swagger-ui.0123456789ab.js.gz").write_bytes(b"outdated")
    assets.build_assets(built)
    assert {path: path.stat().st_mtime_ns for path in built.iterdir()} == before


def test_a_library_that_is_not_installed_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"no_such_package is not installed"):
        assets._Library("x.js", "no_such_package", "x.js").read()
