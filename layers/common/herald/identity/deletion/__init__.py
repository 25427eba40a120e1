"""Accounts that are deleted, and members who leave."""
