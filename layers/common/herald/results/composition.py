"""What several functions of this room put together from their environment in the same way."""

import os

from herald.adapters.aws.secrets import read_secret
from herald.results.passwords import ReportPasswords
from herald.results.sealing import SealedPasswords


def report_passwords() -> ReportPasswords:
    """Report passwords under this installation's key, read at first use."""
    return ReportPasswords(lambda: read_secret(os.environ["REPORT_PASSWORD_SECRET"])["report_password_key"])


def sealed_passwords() -> SealedPasswords:
    """The passwords of protected PDFs, sealed under the same key."""
    return SealedPasswords(lambda: read_secret(os.environ["REPORT_PASSWORD_SECRET"])["report_password_key"])
