"""Addresses of reports' PDFs, each good for a minute, so that a file's size is no limit."""

import re
from typing import Literal

from herald.results.files import PDF_TYPE
from herald.results.ports import ObjectStore
from herald.results.reports.model import Report
from herald.results.reports.service import Reports
from herald.values.search import folded

Disposition = Literal["inline", "attachment"]
"""Shown, or saved."""

_SECONDS = 60
_LONGEST_NAME = 60


class PdfAddresses:
    """Where the PDF of a report can be fetched."""

    def __init__(self, reports: Reports, documents: ObjectStore) -> None:
        self._reports = reports
        self._documents = documents

    def for_staff(self, tenant_id: str, report_id: str, *, disposition: Disposition) -> str:
        """Saved under the name of its batch and the number of its row.

        Raises:
            NotFound: there is no such report.
            Unprocessable: it has no PDF (``report_not_ready``).
        """
        report, batch = self._reports.with_batch(tenant_id, report_id)
        return self._address(report, f"{_beginning_of_file_name(batch.name)}-{report.row}.pdf", disposition)

    def for_recipient(self, report: Report, *, disposition: Disposition) -> str:
        """Saved under a name that tells nobody whose report it is.

        Raises:
            Unprocessable: the report has no PDF (``report_not_ready``).
        """
        return self._address(report, "report.pdf", disposition)

    def _address(self, report: Report, file_name: str, disposition: Disposition) -> str:
        return self._documents.download_url(
            report.require_pdf(),
            seconds=_SECONDS,
            content_type=PDF_TYPE,
            disposition=f'{disposition}; filename="{file_name}"',
        )


def _beginning_of_file_name(batch_name: str) -> str:
    """A batch's name in letters that every header and disk takes."""
    return re.sub(r"[^a-z0-9]+", "-", folded(batch_name)).strip("-")[:_LONGEST_NAME].rstrip("-") or "report"
