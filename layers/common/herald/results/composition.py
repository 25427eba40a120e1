"""What several functions of this room put together from their environment in the same way."""

import os

from herald.adapters.secrets import read_secret
from herald.results.passwords import ReportPasswords


def report_passwords() -> ReportPasswords:
    """Report passwords under this installation's key, read at first use."""
    return ReportPasswords(lambda: read_secret(os.environ["REPORT_PASSWORD_SECRET"])["report_password_key"])
