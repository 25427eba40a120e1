"""Erasing organisations whose time has come, with all that any context holds of them."""
