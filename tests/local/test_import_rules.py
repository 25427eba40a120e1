"""The import rules cover every context: a new one is on their lists as soon as it has a composition."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
CONTEXTS = sorted(
    path.parent.name for path in (ROOT / "layers/common/herald").glob("*/composition.py") if path.parent.name != "http"
)


@pytest.mark.parametrize("context", CONTEXTS)
@pytest.mark.parametrize(
    ("rule", "place"),
    [
        ("Only a composition knows", "source_modules"),
        ("Only a store knows", "source_modules"),
        ("The outside world does not decide", "forbidden_modules"),
    ],
)
def test_a_context_is_held_by_every_rule(rule: str, place: str, context: str) -> None:
    [contract] = [contract for contract in _CONTRACTS if contract["name"].startswith(rule)]

    assert f"herald.{context}" in contract[place]
