"""The image that rendering is built on is named by its digest, or not built."""

import subprocess

import pytest

from local.base_image import DOCKERFILE, BaseImageUnfit, require_digests, with_digests
from local.stack.running import ROOT

OLD, NEW = f"sha256:{'1' * 64}", f"sha256:{'a' * 64}"
TAGGED = "FROM debian:trixie-slim AS system\nRUN true\nFROM system AS packages\nFROM system\n"


def answer_new(image: str) -> str:
    assert image == "debian:trixie-slim"
    return NEW


@pytest.mark.parametrize(
    "image", ["debian", "debian:trixie-slim", "debian:trixie-slim@sha256:12", "debian@latest", "$BASE"]
)
def test_an_image_without_a_digest_is_refused_with_what_to_do(image: str) -> None:
    with pytest.raises(BaseImageUnfit, match=r"no digest and so may be another one tomorrow\. Run `make base-image`"):
        require_digests(TAGGED.replace("debian:trixie-slim", image))


def test_an_image_with_its_digest_passes_and_so_do_the_stages_that_follow_from_it() -> None:
    require_digests(TAGGED.replace("slim", f"slim@{OLD}"))


def test_an_image_that_a_later_stage_begins_with_needs_a_digest_too() -> None:
    with pytest.raises(BaseImageUnfit, match=r"begins with python:3\.13,"):
        require_digests(f"from --platform=linux/arm64 debian:trixie-slim@{OLD} as system\nFROM python:3.13\n")


@pytest.mark.parametrize("present", [TAGGED, TAGGED.replace("slim", f"slim@{OLD}")])
def test_pinning_writes_what_the_tag_is_now(present: str) -> None:
    pinned = with_digests(present, answer_new)

    assert pinned == TAGGED.replace("slim", f"slim@{NEW}")
    require_digests(pinned)


@pytest.mark.parametrize("answer", ["", "sha256:12", "latest"])
def test_an_answer_that_is_no_digest_is_not_written(answer: str) -> None:
    with pytest.raises(BaseImageUnfit, match="is no digest"):
        with_digests(TAGGED, lambda _: answer)


def test_an_image_without_a_tag_cannot_be_pinned() -> None:
    with pytest.raises(BaseImageUnfit, match="has no tag"):
        with_digests(f"FROM registry.example:5000/debian@{OLD}\n", answer_new)


def test_the_dockerfile_of_rendering_can_be_pinned() -> None:
    require_digests(with_digests(DOCKERFILE.read_text(encoding="utf-8"), answer_new))


def test_a_build_looks_at_the_base_unless_it_leaves_the_image_out() -> None:
    assert "local.base_image check" in planned_build("")
    assert "local.base_image check" not in planned_build("--exclude RenderFunction")


def planned_build(options: str) -> str:
    command = ["/usr/bin/env", "make", "--dry-run", "build", f"BUILD_OPTIONS={options}"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
