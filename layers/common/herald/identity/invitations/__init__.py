"""Asking an address to join an organisation."""
