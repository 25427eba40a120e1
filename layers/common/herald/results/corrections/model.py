"""What becomes of a row that somebody corrects: its person's details, its values, and whether it is rendered anew.

A detail (name, phone ...) stands twice: with the recipient, for the text and the lists, and among the values, for the
document. The two are kept in step.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from herald.errors import Unprocessable
from herald.results.batches.model import Batch, BatchProblem
from herald.results.duplicates.model import phone_mark
from herald.results.ingesting.columns import cell_text, details_among, placeholder_of
from herald.results.ingesting.sheet_rows import as_one, phone_of
from herald.results.passwords import ReportPasswords
from herald.results.reports.model import DeliveryStatus, RecipientDetails, Report, ReportStatus
from herald.results.reports.row_values import LARGEST_ROW_CHARACTERS, cells_of, encode, readable, shown_picture
from herald.values.picture import DATA_URL, Picture
from herald.values.sheet import CellText, Value


@dataclass(frozen=True, slots=True)
class Correction:
    """What is to change of a row, as people write it; ``None`` leaves a detail as it is."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None
    language: str | None = None
    password: str | None = None
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Corrected:
    """A row after a correction; ``rendered_anew`` says whether its document is to be made again."""

    report: Report
    rendered_anew: bool


class Corrector:
    """Corrects rows of one batch, whose template shows these placeholders."""

    def __init__(self, batch: Batch, shown: Collection[str], passwords: ReportPasswords) -> None:
        self._batch = batch
        self._shown = shown
        self._passwords = passwords

    def correct(self, report: Report, correction: Correction) -> Corrected:
        """The row as it is afterwards; a failed one stays failed until everything that is wrong with it is corrected.

        Raises:
            Invalid: the phone number is none.
            Unprocessable: ``placeholder_unknown`` for a value that neither row nor template has,
                ``picture_not_accepted`` for a picture that is spelled out, ``row_too_large``.
        """
        names = {*report.values, *self._shown}
        _refuse_unknown(correction.values, names)
        _refuse_pictures(correction.values)
        holders = details_among(names)
        details = self._details(correction, holders)
        values = _values(report, correction, {holders[name]: text for name, text in details.items() if name in holders})
        recipient = self._recipient(report, details, correction.password)
        changed = replace(report, values=values, recipient=recipient, problem=None)
        if recipient.phone != report.recipient.phone and report.delivery_status is not DeliveryStatus.NOT_SENT:
            changed = changed.with_text_at(phone_mark(report.batch_id, report.recipient.phone))
        if _may_be_for_somebody_else(report.recipient, recipient):
            changed = changed.with_links_withdrawn()
        given = {*correction.values, *(holders[name] for name in details if name in holders)}
        problem = self._what_is_left(report, changed, correction, given)
        if problem is not None:
            return Corrected(replace(changed, problem=problem), rendered_anew=False)
        anew = report.status is not ReportStatus.READY or self._looks_different(report, changed, correction)
        return Corrected(changed, rendered_anew=anew)

    def _details(self, correction: Correction, holders: Mapping[str, str]) -> dict[str, str]:
        """The recipient's details that change: given as such, or by the value of the column that holds them."""
        asked = {
            "name": correction.name,
            "phone": correction.phone,
            "email": correction.email,
            "language": correction.language,
        }
        details = {name: text for name, text in asked.items() if text is not None}
        for name in asked:
            value = correction.values.get(holders.get(name, ""))
            if name not in details and value is not None and not isinstance(value, list):
                details[name] = cell_text(value)  # type: ignore[arg-type]  # no list: a cell
        if "phone" in details:
            details["phone"] = self._phone(correction, details["phone"], holders)
        return details

    def _phone(self, correction: Correction, text: str, holders: Mapping[str, str]) -> str:
        value = correction.values.get(holders.get("phone", ""))
        is_cell = correction.phone is None and not isinstance(value, list)
        return phone_of(cast("CellText", value) if is_cell else text, country=self._batch.country)

    def _recipient(self, report: Report, details: Mapping[str, str], password: str | None) -> RecipientDetails:
        recipient = replace(report.recipient, **details)
        if password is None:
            return recipient
        return replace(
            recipient,
            password_hash=self._passwords.hash(report.report_id, password),
            sealed_password=self._passwords.seal(report.report_id, password) if self._batch.protect_pdf else "",
        )

    def _looks_different(self, report: Report, changed: Report, correction: Correction) -> bool:
        if self._batch.protect_pdf and correction.password is not None:
            return True
        before, after = ({name: each.values.get(name) for name in self._shown} for each in (report, changed))
        return encode(before) != encode(after)

    def _what_is_left(
        self, report: Report, changed: Report, correction: Correction, given: Collection[str]
    ) -> BatchProblem | None:
        problem = report.problem
        if report.status is not ReportStatus.FAILED or problem is None:
            return None
        if problem.came_of_rendering:
            return None if self._looks_different(report, changed, correction) else problem
        left = [fault for fault in _faults(problem) if not _is_corrected(fault, changed, correction, given)]
        return as_one(left)


def _may_be_for_somebody_else(before: RecipientDetails, after: RecipientDetails) -> bool:
    """Whether whoever was sent a link, or knows the password, may not be whom the report is for."""
    return (before.phone, before.email, before.password_hash) != (after.phone, after.email, after.password_hash)


def _refuse_unknown(values: Mapping[str, Value], names: Collection[str]) -> None:
    unknown = sorted(set(values) - set(names))
    if unknown:
        raise Unprocessable(
            f"This row has no such placeholder: {', '.join(unknown)}.",
            code="placeholder_unknown",
            fields={"unknown": unknown, "placeholders": sorted(names)},
        )


def _refuse_pictures(values: Mapping[str, Value]) -> None:
    for name, value in values.items():
        if any(isinstance(cell, str) and cell.strip().casefold().startswith(DATA_URL) for cell in cells_of([value])):
            raise Unprocessable(
                f"Pictures come with the workbook; `{name}` can be given none here.",
                code="picture_not_accepted",
                fields={"placeholder": name},
            )


def _with_pictures(value: Value, pictures: Mapping[str, Picture]) -> Value:
    """A value in which each text that stands for one of the row's own pictures is that picture."""
    if isinstance(value, list):
        records = cast("list[Mapping[str, CellText]]", value)
        return [{name: _own(cell, pictures) for name, cell in record.items()} for record in records]
    return _own(cast("CellText", value), pictures)


def _own(cell: CellText, pictures: Mapping[str, Picture]) -> CellText:
    return pictures.get(cell, cell) if isinstance(cell, str) else cell


def _values(report: Report, correction: Correction, details: Mapping[str, str]) -> dict[str, Value]:
    shown_as = readable(report.values)
    pictures = {shown_picture(cell): cell for cell in cells_of(report.values.values()) if isinstance(cell, Picture)}
    values: dict[str, Value] = {**report.values, **details}
    # What comes back as it was shown is what it was: a date that travelled as text stays a date.
    values |= {
        name: report.values[name] if name in shown_as and shown_as[name] == value else _with_pictures(value, pictures)
        for name, value in correction.values.items()
    }
    if len(encode(values)) > LARGEST_ROW_CHARACTERS:
        raise Unprocessable("This row would hold too much text.", code="row_too_large")
    return values


def _faults(problem: BatchProblem) -> list[BatchProblem]:
    """The inverse of `as_one`."""
    further = problem.details.get("further_problems", [])
    assert isinstance(further, list)  # noqa: S101 - `as_one` wrote it
    return [replace(problem, details={}), *(BatchProblem(row=problem.row, **each) for each in further)]


def _is_corrected(fault: BatchProblem, changed: Report, correction: Correction, given: Collection[str]) -> bool:
    if fault.code in {"phone_missing", "phone_invalid"}:
        return bool(changed.recipient.phone)
    if fault.code == "password_missing":
        return correction.password is not None
    if fault.column is None:
        return bool(correction.values)
    placeholder = placeholder_of(fault.column)
    if "password" in details_among([placeholder]):
        return correction.password is not None
    return placeholder in given
