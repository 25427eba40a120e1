"""Contacts: one per person and organisation."""
