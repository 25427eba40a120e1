"""Herald: reaching people one by one. Each folder is a room; `docs/architecture.md` shows the house."""

import gc
import os

# Importing makes many objects that live as long as the process; collecting among them is a tenth of a cold start.
# `HttpApi` goes back to Python's own threshold with its first request; a worker may keep this one.
gc.set_threshold(200_000)

# Looking for pydantic plugins, of which we have none, reads the metadata of every installed distribution.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
