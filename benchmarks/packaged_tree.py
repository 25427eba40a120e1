"""The product as a deployed function finds it: one read-only tree of its code and of the distributions it imports."""

import compileall
import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from py_compile import PycInvalidationMode

ROOT = Path(__file__).parent.parent
INTERPRETER = Path(sys._base_executable)  # type: ignore[attr-defined]  # noqa: SLF001 - the interpreter without this environment's packages, as on Lambda
FUNCTION = "from functions.platform.auth import app; from herald.storage import dynamodb_client; dynamodb_client()"
ON_HERALD = """
import jwt
from benchmarks.contacts.on_herald import handler
from herald.identity.rate_limits import store
store.dynamodb_client()
"""
ON_FASTAPI = """
from benchmarks.contacts.on_fastapi import handler
from benchmarks.contacts import admission
admission.dynamodb_client()
"""
FIRST_ANSWER = """
import json, os
from benchmarks.contacts.open_database import OpenDatabase
admission.dynamodb_client = OpenDatabase
assert handler(json.loads(os.environ["EVENT"]), None)["statusCode"] == 201
"""
"""Comes behind either of them; the database answers at once."""
_OWN = {
    "herald": ROOT / "layers/common/herald",
    "functions": ROOT / "functions",
    "benchmarks/contacts": ROOT / "benchmarks/contacts",
}
_IMPORTED = "\nimport json, sys; print(json.dumps([name for name in sys.modules if '.' not in name]))"
_SETTINGS = {
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "benchmark",
    "AWS_SECRET_ACCESS_KEY": "benchmark",
    "IDENTITY_TABLE": "identity",
    "ADMISSIONS_TABLE": "admissions",
    "IDEMPOTENCY_TABLE": "idempotency",
    "MAIL_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/123456789012/mails",
    "SIGNING_KEY_SECRET": "signing-key",
}


def environment(tree: Path) -> dict[str, str]:
    """What a function's process would find in its environment; nothing is ever written into the tree."""
    return {
        **_SETTINGS,
        "PATH": os.defpath,
        "PYTHONPATH": str(tree),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
    }


@cache
def tree_with_bytecode() -> Path:
    """The tree with an unchecked-hash ``.pyc`` beside every module."""
    tree = _copied_tree("with-bytecode")
    compileall.compile_dir(tree, quiet=2, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)
    return tree


@cache
def tree_without_bytecode() -> Path:
    """The same tree, source only."""
    return _copied_tree("without-bytecode")


def _copied_tree(name: str) -> Path:
    tree = _folder() / name
    for package, source in _OWN.items():
        shutil.copytree(source, tree / package, ignore=shutil.ignore_patterns("__pycache__"))
    for file in _third_party_files():
        if file.suffix == ".pyc":
            continue
        place = tree / str(file)
        place.parent.mkdir(parents=True, exist_ok=True)
        if file.suffix == ".py":
            shutil.copy(file.locate(), place)
        else:
            place.symlink_to(Path(str(file.locate())))
    return tree


@cache
def _folder() -> Path:
    holder = tempfile.TemporaryDirectory(prefix="herald-benchmarks-")
    _kept.append(holder)
    return Path(holder.name)


_kept: list[tempfile.TemporaryDirectory[str]] = []


@cache
def _third_party_files() -> list[importlib.metadata.PackagePath]:
    return list(_files_of_imported_distributions())


def _files_of_imported_distributions() -> Iterator[importlib.metadata.PackagePath]:
    imported = _imported_packages()
    owners = importlib.metadata.packages_distributions()
    names = {name for package in imported for name in owners.get(package, [])}
    for name in sorted(names):
        for file in importlib.metadata.files(name) or []:
            if ".." not in file.parts:  # commands, which no function runs
                yield file


def _imported_packages() -> set[str]:
    search_path = os.pathsep.join([str(ROOT / "layers/common"), str(ROOT)])
    return {name for program in (FUNCTION, ON_HERALD, ON_FASTAPI) for name in _imported_by(program, search_path)}


def _imported_by(program: str, search_path: str) -> list[str]:
    answer = subprocess.run(
        [sys.executable, "-c", program + _IMPORTED],
        env={**environment(ROOT), "PYTHONPATH": search_path},
        capture_output=True,
        check=True,
        text=True,
    )
    names: list[str] = json.loads(answer.stdout)
    return names
