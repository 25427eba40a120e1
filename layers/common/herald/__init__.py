"""Herald: reaching people one by one. Each folder is a room; `docs/architecture.md` shows the house."""

import os

# Looking for pydantic plugins, of which we have none, reads the metadata of every installed distribution.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
