"""What processes hold, as Linux tells it."""

from collections import defaultdict
from pathlib import Path

_PROCESSES = Path("/proc")


def resident_megabytes(root: int) -> float:
    """The resident memory of a process and of everything it started; shared pages count for each."""
    children: defaultdict[int, list[int]] = defaultdict(list)
    kilobytes: dict[int, int] = {}
    for folder in _PROCESSES.iterdir():
        if not folder.name.isdigit():
            continue
        facts = _facts(folder)
        children[int(facts.get("PPid", "0"))].append(int(folder.name))
        kilobytes[int(folder.name)] = int(facts.get("VmRSS", "0 kB").split()[0])
    family, unseen = 0, [root]
    while unseen:
        process = unseen.pop()
        family += kilobytes.get(process, 0)
        unseen += children[process]
    return family / 1024


def _facts(process: Path) -> dict[str, str]:
    try:
        lines = (process / "status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return {}  # it has ended since it was listed
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
