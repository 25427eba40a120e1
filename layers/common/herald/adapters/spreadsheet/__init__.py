"""Strangers' Excel workbooks."""
