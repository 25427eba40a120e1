"""Herald: reaching people one by one. Each folder is a room; `docs/architecture.md` shows the house."""
