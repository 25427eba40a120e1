"""Whether somebody may be written to, by which channel and for what; who said so, when and how."""
