"""Tokens that are good once."""
