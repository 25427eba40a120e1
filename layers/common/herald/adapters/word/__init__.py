"""Word templates: checked, compiled, filled, merged."""
