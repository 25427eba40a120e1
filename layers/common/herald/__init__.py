"""Herald: reaching people one by one. Each folder is a package; `docs/architecture.md` shows how they fit together."""

import os

from herald.runtime.garbage import collect_seldom

# `HttpApi` ends this with its first request; a worker may keep it.
collect_seldom()

# Looking for pydantic plugins, of which we have none, reads the metadata of every installed distribution.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
