"""Code as the engine takes it: one zip per folder, named by its content."""

import hashlib
import io
import os
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local.stack.template import ARTIFACTS, Resource, Template

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest moment a zip can hold: equal content gives equal bytes
_READABLE = 0o644 << 16
_STATE_MACHINES = frozenset({"AWS::StepFunctions::StateMachine"})
_MAX_CONCURRENCY = re.compile(rb'("MaxConcurrency"\s*:\s*)\d+')
_LEFT_OUT = frozenset({"requirements.txt", "Makefile", "Dockerfile"})


@dataclass(frozen=True)
class Artifact:
    """One object to upload.

    Attributes:
        key: Its name: a hash of its content.
        content: Its bytes.
    """

    key: str
    content: bytes


def package(template: Template, root: Path) -> list[Artifact]:
    """Replace every code path in an expanded template by the key of its artifact.

    Args:
        template: An expanded template; changed in place.
        root: The folder that code paths start from.

    Returns:
        The artifacts the template now names.

    Raises:
        FileNotFoundError: A path of the template does not exist.
    """
    artifacts: dict[str, Artifact] = {}
    for resource in template["Resources"].values():
        for location, name in _locations(resource):
            path = location[name]
            if path not in artifacts:
                artifacts[path] = _artifact(root / path, resource["Type"])
            location[name] = artifacts[path].key
    return list(artifacts.values())


def zip_folder(folder: Path, prefix: str = "") -> bytes:
    """The folder's files under `prefix`, without caches, in a fixed order and with fixed dates.

    Raises:
        FileNotFoundError: There is no such folder.
    """
    if not folder.is_dir():
        message = f"The template names the folder {folder}, which does not exist"
        raise FileNotFoundError(message)
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in _files(folder):
            entry = zipfile.ZipInfo(f"{prefix}{path.relative_to(folder).as_posix()}", _EPOCH)
            entry.external_attr = _READABLE
            archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return output.getvalue()


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts and path.name not in _LEFT_OUT:
            yield path


def _artifact(path: Path, resource_type: str) -> Artifact:
    if path.is_file():
        content = _for_one_machine(path.read_bytes()) if resource_type in _STATE_MACHINES else path.read_bytes()
        return Artifact(f"{_digest(content)}{path.suffix}", content)
    content = zip_folder(path, prefix="python/" if resource_type == "AWS::Lambda::LayerVersion" else "")
    return Artifact(f"{_digest(content)}.zip", content)


def _for_one_machine(definition: bytes) -> bytes:
    """A state machine whose maps run no wider than this machine has cores: each branch is a process here."""
    return _MAX_CONCURRENCY.sub(rb"\g<1>%d" % (os.cpu_count() or 1), definition)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


def _locations(resource: Resource) -> Iterator[tuple[Resource, str]]:
    """Where a resource names an artifact: the dictionary, and the name of its key in there."""
    properties = resource.get("Properties", {})
    places = {
        "AWS::Lambda::Function": ("Code", "S3Bucket", "S3Key"),
        "AWS::Lambda::LayerVersion": ("Content", "S3Bucket", "S3Key"),
        "AWS::StepFunctions::StateMachine": ("DefinitionS3Location", "Bucket", "Key"),
    }
    if resource["Type"] not in places:
        return
    name, bucket, key = places[resource["Type"]]
    location = properties.get(name)
    if isinstance(location, dict) and location.get(bucket) == ARTIFACTS:
        yield location, key
