import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("contract", ["resultflow", "event_stream", "pytake", "iperform", "mifumo"])
def test_a_contract_is_imported_without_the_others(contract: str) -> None:
    package = "herald.http.contracts"
    program = (
        f"import sys, {package}.{contract}; print(*[name for name in sys.modules if name.startswith('{package}.')])"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT / "layers/common", capture_output=True, check=True, text=True
    )

    assert set(done.stdout.split()) == {f"{package}.contract", f"{package}.{contract}"}
