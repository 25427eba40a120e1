"""What is installed anywhere is named by version and hash, and by nothing that leads to another source."""

import re
from pathlib import Path

import pytest

from local.stack.running import ROOT

LOCKS = {
    "requirements/development.txt": "requirements/development.in",
    "requirements/deployment.txt": "requirements/deployment.in",
    "requirements/image.txt": "requirements/image.in",
    "layers/common/requirements.txt": "requirements/layer.in",
}
REQUIREMENT = re.compile(
    r"(?P<name>[\w.-]+)==(?P<version>[\w.]+)(?: ; [^\\]+)?(?P<hashes>(?: --hash=sha256:[0-9a-f]{64})+)"
)


def requirements(lock: str) -> list[str]:
    """Its lines, those that go on joined, without comments."""
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    return [" ".join(line.split()) for line in text.splitlines() if line and not line.startswith("#")]


def versions(lines: list[str]) -> dict[str, str]:
    """Versions by name, which is written in one way: `types_boto3[s3]` is `types-boto3`."""
    pinned = (line.split(" ")[0].split("==") for line in lines)
    return {re.sub(r"[-_.]+", "-", name.partition("[")[0]).lower(): version for name, version in pinned}


def wanted(path: Path) -> dict[str, str]:
    """What a file asks for, with what it includes."""
    found: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            found |= wanted(path.parent / line.removeprefix("-r "))
        elif not line.startswith("#"):
            found |= versions([line])
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_of_a_lock_is_one_version_with_the_hashes_of_its_files_and_no_address(lock: str) -> None:
    assert requirements(lock)
    assert [line for line in requirements(lock) if not REQUIREMENT.fullmatch(line)] == []


@pytest.mark.parametrize(("lock", "source"), LOCKS.items())
def test_a_lock_holds_what_is_asked_for(lock: str, source: str) -> None:
    assert wanted(ROOT / source).items() <= versions(requirements(lock)).items(), "Run `make lock`."


@pytest.mark.parametrize("lock", ["requirements/image.txt", "layers/common/requirements.txt"])
def test_what_is_deployed_has_the_versions_that_were_tested(lock: str) -> None:
    tested = versions(requirements("requirements/development.txt"))
    deployed = versions(requirements(lock))

    assert {name for name in deployed if name not in tested} <= {"awslambdaric", "simplejson", "snapshot-restore-py"}
    assert {name for name in deployed if deployed[name] != tested.get(name, deployed[name])} == set()


def test_every_installation_demands_the_hashes_and_builds_nothing() -> None:
    files = [
        ROOT / "Makefile",
        *ROOT.glob("scripts/*"),
        *ROOT.glob("[a-z]*/**/Dockerfile"),
        *ROOT.glob("[a-z]*/**/Makefile"),
    ]
    installations = {str(path.relative_to(ROOT)): pip_calls(path) for path in files if pip_calls(path)}

    assert sorted(installations) == [
        "functions/workers/render/Dockerfile",
        "layers/common/Makefile",
        "scripts/setup.sh",
    ]
    for call in (call for calls in installations.values() for call in calls):
        assert "--require-hashes --no-deps --only-binary :all:" in call


def pip_calls(path: Path) -> list[str]:
    """The commands of a script by which pip installs something, each on one line."""
    commands = re.sub(r"\\\n\s*", "", path.read_text(encoding="utf-8")).splitlines()
    return [command for command in commands if re.search(r"pip (\S+ )*install ", command)]
