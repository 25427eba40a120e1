"""Organisations that are closed, to be erased."""
