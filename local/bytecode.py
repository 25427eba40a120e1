"""Byte code for what `sam build` has put together, so that no function compiles anything when it starts.

`python3.13 -m local.bytecode` compiles the layer and the functions under `.aws-sam/build`. The files are never checked
against their sources (unchecked-hash): on AWS neither changes, and looking costs time at each cold start. Byte code
belongs to one minor version of Python, so this must run under the version that the functions run under; it needs
nothing but the standard library.
"""

import compileall
import py_compile
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
BUILT = ROOT / ".aws-sam" / "build"
TEMPLATE = ROOT / "template.yaml"
LARGEST_UNZIPPED_BYTES = 250 * 1024 * 1024
"""A function and its layers together: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html."""
_RUNTIME = re.compile(r"^ +Runtime: (python\d+\.\d+)$", re.MULTILINE)
_LAYERS_STAND_IN = "/opt/python"
_FUNCTIONS_STAND_IN = "/var/task"


class BuildUnfit(RuntimeError):
    """What was built cannot be compiled or deployed; the message says why and what to do."""


def compile_build(built: Path, template: Path, largest_bytes: int = LARGEST_UNZIPPED_BYTES) -> dict[str, int]:
    """Put byte code beside every module of a build.

    Args:
        built: The folder that `sam build` filled.
        template: The SAM template, which names the runtime.
        largest_bytes: What a function and its layers may come to, unzipped.

    Returns:
        The unzipped size of each artifact in bytes, byte code included, by its logical id.

    Raises:
        BuildUnfit: There is no build, this interpreter is not the runtime's, a module does not compile, or the
            functions are too large.
    """
    _require_runtime(template)
    artifacts = sorted(path for path in built.glob("*") if path.is_dir())
    if not artifacts:
        raise BuildUnfit(f"There is nothing in {built}; run `sam build` first.")
    for artifact in artifacts:
        _compile(artifact)
    sizes = {artifact.name: sum(map(_size, _files(artifact))) for artifact in artifacts}
    _require_room(sizes, largest_bytes)
    return sizes


def _require_runtime(template: Path) -> None:
    ours = f"python{sys.version_info.major}.{sys.version_info.minor}"
    named = set(_RUNTIME.findall(template.read_text(encoding="utf-8")))
    if named != {ours}:
        raise BuildUnfit(f"The functions run under {', '.join(sorted(named))}, this is {ours}.")


def _compile(artifact: Path) -> None:
    # What the sources brought along was compiled for whoever ran them last.
    for cache in list(artifact.rglob("__pycache__")):
        shutil.rmtree(cache)
    layer = artifact / "python"
    folder, place = (layer, _LAYERS_STAND_IN) if layer.is_dir() else (artifact, _FUNCTIONS_STAND_IN)
    compiled = compileall.compile_dir(
        folder, ddir=place, quiet=1, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH
    )
    if not compiled:
        raise BuildUnfit(f"Some modules of {artifact.name} do not compile; see above.")


def _require_room(sizes: dict[str, int], largest_bytes: int) -> None:
    layers = sum(size for name, size in sizes.items() if name.endswith("Layer"))
    largest = max((size for name, size in sizes.items() if not name.endswith("Layer")), default=0)
    if layers + largest > largest_bytes:
        raise BuildUnfit(
            f"The layer and the largest function come to {_megabytes(layers + largest)}, unzipped; "
            f"Lambda takes {_megabytes(largest_bytes)}."
        )


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _size(path: Path) -> int:
    return path.stat().st_size


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MB"


def main() -> int:
    """Compile the build and list the sizes; gives the exit code."""
    try:
        sizes = compile_build(BUILT, TEMPLATE)
    except BuildUnfit as unfit:
        print(unfit, file=sys.stderr)
        return 1
    for name, size in sizes.items():
        print(f"  {name:<30} {_megabytes(size):>9} unzipped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
