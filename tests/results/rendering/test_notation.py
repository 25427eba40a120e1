"""Numbers and dates that a sheet has as text are read as the batch says, where the template uses them as such."""

from dataclasses import replace

from herald.adapters.word.template import compile_template
from herald.results.batches.model import Batch, Chunk
from herald.results.batches.service import BatchOptions
from herald.results.reports.model import Report, ReportStatus
from herald.values.sheet import Value
from tests.adapters import letters
from tests.support.rendering import rendering
from tests.support.results import FakeConverter, add_batch, all_reports, fill_batch, row_of

LETTER = letters.letter('{{ born|date("d MMMM yyyy") }}: {{ fee }} {% if fee > 1000 %}much{% else %}little{% endif %}')
AS_TEXT: dict[str, Value] = {"born": "15/03/1985", "fee": "1.240,50"}


def batch_with(values: dict[str, Value], options: BatchOptions) -> Batch:
    batch = add_batch(options=options)
    fill_batch(batch, [replace(row_of(batch, 2), values=values)])
    return batch


def rendered(batch: Batch, converter: FakeConverter) -> Report:
    use_case = rendering(converter, letter=compile_template(LETTER))
    use_case.render(batch.tenant_id, batch.batch_id, Chunk(2, 2))
    return all_reports(batch)[0]


def test_texts_are_read_as_the_batch_says(results_cloud: None, converter: FakeConverter) -> None:
    batch = batch_with(AS_TEXT, BatchOptions(language="pt", date_format="DD/MM/YYYY"))

    assert rendered(batch, converter).status is ReportStatus.READY
    assert letters.text_of(converter.printed[0]).strip() == "15 March 1985: 1.240,50 much"


def test_a_text_date_without_a_stated_format_costs_its_row_and_says_what_to_state(
    results_cloud: None, converter: FakeConverter
) -> None:
    report = rendered(batch_with(AS_TEXT, BatchOptions(language="pt")), converter)

    assert report.status is ReportStatus.FAILED
    assert report.problem is not None
    assert (report.problem.row, report.problem.column) == (2, "born")
    assert "date_format" in report.problem.message
    assert report.problem.details == {"placeholder": "born", "value": "15/03/1985", "kind": "text"}


def test_an_empty_cell_is_no_reason_to_fail_a_row(results_cloud: None, converter: FakeConverter) -> None:
    batch = batch_with({"born": None, "fee": "  "}, BatchOptions())

    assert rendered(batch, converter).status is ReportStatus.READY
    assert letters.text_of(converter.printed[0]).split() == [":", "little"]
