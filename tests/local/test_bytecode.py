import importlib.util
import sys
from pathlib import Path

import pytest

from local.bytecode import BuildUnfit, compile_build

THIS_RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"
UNCHECKED_HASH = 1  # the flags field of PEP 552: hash-based, source not looked at


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "template.yaml"
    path.write_text(f"Globals:\n  Function:\n    Runtime: {THIS_RUNTIME}\n")
    return path


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "build"
    for name, content in {
        "CommonLayer/python/herald/errors.py": "FIRST = 1\n",
        "GreetFunction/app.py": "HELLO = 'hello'\n",
        "template.yaml": "Resources: {}\n",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return folder


def test_every_module_gets_byte_code_that_is_never_checked_against_its_source(built: Path, template: Path) -> None:
    compile_build(built, template)

    for module in ("CommonLayer/python/herald/errors.py", "GreetFunction/app.py"):
        compiled = Path(importlib.util.cache_from_source(str(built / module)))
        assert int.from_bytes(compiled.read_bytes()[4:8], "little") == UNCHECKED_HASH


def test_equal_sources_give_equal_byte_code_wherever_they_were_built(
    built: Path, template: Path, tmp_path: Path
) -> None:
    compile_build(built, template)
    moved = built.rename(tmp_path / "elsewhere")
    first = _byte_code(moved)

    compile_build(moved, template)

    assert _byte_code(moved) == first


def test_byte_code_that_came_with_the_sources_is_thrown_away(built: Path, template: Path) -> None:
    stale = built / "GreetFunction" / "__pycache__" / "app.cpython-39.pyc"
    stale.parent.mkdir()
    stale.write_bytes(b"of another version")

    compile_build(built, template)

    assert not stale.exists()


def test_the_sizes_are_those_of_whole_artifacts(built: Path, template: Path) -> None:
    sizes = compile_build(built, template)

    assert set(sizes) == {"CommonLayer", "GreetFunction"}
    assert sizes["GreetFunction"] > len("HELLO = 'hello'\n")


def test_a_build_for_another_runtime_is_refused(built: Path, template: Path) -> None:
    template.write_text("    Runtime: python3.9\n")

    with pytest.raises(BuildUnfit, match=r"python3\.9"):
        compile_build(built, template)


def test_nothing_built_is_said_so(tmp_path: Path, template: Path) -> None:
    with pytest.raises(BuildUnfit, match="sam build"):
        compile_build(tmp_path / "missing", template)


def test_a_module_that_does_not_compile_is_refused(built: Path, template: Path) -> None:
    (built / "GreetFunction" / "app.py").write_text("def broken(:\n")

    with pytest.raises(BuildUnfit, match="GreetFunction"):
        compile_build(built, template)


def test_functions_that_lambda_would_refuse_for_their_size_are_refused_here(built: Path, template: Path) -> None:
    with pytest.raises(BuildUnfit, match="unzipped"):
        compile_build(built, template, largest_bytes=100)


def _byte_code(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.pyc")}
