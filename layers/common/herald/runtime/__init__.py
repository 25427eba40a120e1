"""Measured speed-ups that reach into pinned libraries; each has its gain in its docstring and a test that guards it."""
