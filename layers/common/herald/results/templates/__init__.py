"""Word templates and their versions."""
