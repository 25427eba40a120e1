"""Deleted batches and expired reports leave nothing behind."""
