"""Everybody whom an organisation may reach: contacts, their consent, segments of them, message templates, imports."""
