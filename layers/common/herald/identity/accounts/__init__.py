"""Signing up and in, and what somebody does with their own account."""
