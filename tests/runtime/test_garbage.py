"""Collections come seldom while modules are imported, and as Python has them from the first invocation on."""

import subprocess
import sys

_STORY = """
import gc
pythons = gc.get_threshold()
import herald.http.api
print(gc.get_threshold()[0] > 100 * pythons[0], gc.get_freeze_count())
from herald.invocations import logged_invocation
with logged_invocation("1"):
    pass
print(gc.get_threshold() == pythons, gc.get_freeze_count() > 10_000)
"""


def test_imports_are_hardly_collected_and_then_left_alone() -> None:
    program = [sys.executable, "-c", _STORY]
    told = subprocess.run(program, env={"PYTHONPATH": "layers/common"}, capture_output=True, text=True, check=True)

    before, _, afterwards = told.stdout.splitlines()
    assert (before, afterwards) == ("True 0", "True True")
