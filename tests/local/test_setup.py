"""Setting up: what `make` hands to the script, and what the script says where it cannot go on."""

import os
import subprocess

from local.stack.running import ROOT


def test_the_python_that_the_caller_names_reaches_the_script() -> None:
    environment = {**os.environ, "PYTHON": "/nowhere/python"}

    command = ["/usr/bin/env", "make", "setup"]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    assert ended.returncode != 0
    assert "PYTHON names /nowhere/python, which is not a Python 3.11, 3.12 or 3.13" in ended.stderr
