"""Collections come seldom while modules are imported, and as Python has them afterwards."""

import subprocess
import sys

_STORY = """
import gc
pythons = gc.get_threshold()
import herald.http.api
print(gc.get_threshold()[0] > 100 * pythons[0], gc.get_freeze_count())
from herald.runtime.garbage import keep_what_was_imported
keep_what_was_imported()
print(gc.get_threshold() == pythons, gc.get_freeze_count() > 10_000)
"""


def test_imports_are_hardly_collected_and_then_left_alone() -> None:
    program = [sys.executable, "-c", _STORY]
    told = subprocess.run(program, env={"PYTHONPATH": "layers/common"}, capture_output=True, text=True, check=True)

    assert told.stdout.splitlines() == ["True 0", "True True"]
