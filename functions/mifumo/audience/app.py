"""Mifumo's audience: contacts."""

from . import contacts
from .api import api

__all__ = ["contacts"]

handler = api.handle
