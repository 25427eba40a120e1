"""What the rendering image is built on: named by its digest, so that each build has the same base.

`python -m local.base_image check` refuses a Dockerfile that names an image by its tag alone; `pin` asks the registry,
by `docker buildx imagetools inspect`, what that tag is now, and writes the digest behind it.
"""

import argparse
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCKERFILE = ROOT / "functions" / "workers" / "render" / "Dockerfile"

_FROM = re.compile(r"^FROM\s+(?:--\S+\s+)*(?P<image>\S+)(?:\s+AS\s+(?P<stage>\S+))?\s*$", re.IGNORECASE | re.MULTILINE)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class BaseImageUnfit(RuntimeError):
    """The base is not named by its digest, or its digest cannot be had; the message says what to do."""


def require_digests(dockerfile: str) -> None:
    """Pass where every image that a Dockerfile begins with has its digest.

    Raises:
        BaseImageUnfit: One has none.
    """
    for image in _images(dockerfile):
        if not _DIGEST.fullmatch(image.partition("@")[2]):
            raise BaseImageUnfit(
                f"The rendering image begins with {image}, which has no digest and so may be another one tomorrow. "
                "Run `make base-image`, which needs Docker and the network, and commit what it writes."
            )


def with_digests(dockerfile: str, digest_of: Callable[[str], str]) -> str:
    """The Dockerfile with each image at the digest that its tag has now; one that was there is replaced.

    Args:
        dockerfile: Its text.
        digest_of: What the registry says of a name with a tag: `sha256:` and 64 hexadecimal digits.

    Raises:
        BaseImageUnfit: An image has no tag to ask by, or what the registry says is no digest.
    """
    for image in _images(dockerfile):
        tagged = image.partition("@")[0]
        if ":" not in tagged.rpartition("/")[2]:
            raise BaseImageUnfit(
                f"{image} has no tag, so nothing says which image is meant: write one into {DOCKERFILE}."
            )
        digest = digest_of(tagged)
        if not _DIGEST.fullmatch(digest):
            raise BaseImageUnfit(f"The registry's answer about {tagged} is no digest: {digest or 'nothing'}")
        dockerfile = re.sub(rf"(?<=\s){re.escape(image)}(?=\s)", f"{tagged}@{digest}", dockerfile)
    return dockerfile


def _images(dockerfile: str) -> list[str]:
    """What comes from a registry: not the stages that the file names itself."""
    stages: set[str] = set()
    images = []
    for line in _FROM.finditer(dockerfile):
        if line["image"] not in stages and line["image"] not in images:
            images.append(line["image"])
        stages.add(line["stage"])
    return images


def ask_registry(image: str) -> str:
    """The digest of an image for every processor that it is made for.

    Raises:
        BaseImageUnfit: Docker is not there, has no `buildx`, or does not reach the registry.
    """
    command = ["docker", "buildx", "imagetools", "inspect", image, "--format", "{{.Manifest.Digest}}"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except FileNotFoundError as error:
        raise BaseImageUnfit("There is no Docker here, which `make base-image` asks the registry by.") from error
    except subprocess.CalledProcessError as error:
        raise BaseImageUnfit(f"`{' '.join(command)}` failed:\n{error.stderr.strip()}") from error


def main() -> int:
    """Check or pin the rendering image's Dockerfile; gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m local.base_image", description="The rendering image's base.")
    parser.add_argument("what", choices=["check", "pin"])
    text = DOCKERFILE.read_text(encoding="utf-8")
    try:
        if parser.parse_args().what == "check":
            require_digests(text)
        else:
            DOCKERFILE.write_text(with_digests(text, ask_registry), encoding="utf-8")
    except BaseImageUnfit as unfit:
        print(unfit, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
