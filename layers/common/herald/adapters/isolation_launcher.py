"""``python isolation_launcher.py <program> <argument> ...`` becomes that program, isolated.

The other half of `herald.adapters.isolation`. It does so in a process of its own, because what runs between fork and
exec in a process with threads may hang. It imports little, because it is waited for.
"""

import ctypes
import os
import sys

# From linux/prctl.h, linux/capability.h and linux/sched.h.
_PR_CAPBSET_DROP = 24
_PR_SET_NO_NEW_PRIVS = 38
_MOST_CAPABILITIES = 64
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000


def main() -> None:
    """Isolate this process, and become what the command line names."""
    library = ctypes.CDLL(None)
    unused = ctypes.c_ulong(0)
    library.prctl(_PR_SET_NO_NEW_PRIVS, ctypes.c_ulong(1), unused, unused, unused)
    # Of a process of root's: its capabilities would lead past what is hidden. Anybody else has none to drop.
    for capability in range(_MOST_CAPABILITIES):
        library.prctl(_PR_CAPBSET_DROP, ctypes.c_ulong(capability), unused, unused, unused)
    # Refused by kernels and containers where only root makes namespaces: then there is a network, and nothing to do.
    library.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    os.execv(sys.argv[1], sys.argv[1:])  # noqa: S606 - the commands are the installation's own, without a shell


if __name__ == "__main__":
    main()
