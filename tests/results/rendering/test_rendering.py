"""A chunk becomes PDFs: each row by itself, each once."""

from collections.abc import Sequence
from datetime import datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as some

from herald.errors import Unavailable
from herald.results.batches.model import Batch, Chunk
from herald.results.batches.store import BatchStore
from herald.results.rendering.compiled import CompiledTemplates
from herald.results.rendering.model import Rendered
from herald.results.rendering.recording import pdf_key
from herald.results.rendering.service import ChunkUnfinished, Rendering
from herald.results.rendering.store import OutcomeStore
from herald.results.reports.model import ReportStatus
from herald.results.templates.model import Merging
from herald.results.templates.store import TemplateVersionRow, TemplateVersionStore
from herald.values.expected_text import ExpectedText
from tests.support.rendering import (
    CHUNK,
    batch_of,
    counts,
    rendering,
    statuses,
)
from tests.support.results import (
    TENANT,
    FakeConverter,
    Letter,
    Unconvertible,
    add_batch,
    all_reports,
    current,
    documents,
    fill_batch,
    reports_store,
    reset_for_rendering,
    row_of,
)
from tests.support.soak import few_examples

PDF = "application/pdf"


class PoisonedConverter(FakeConverter):
    """A poisonous document crashes it or makes it hang, and so does, until it is closed, what comes next, by chance.

    Where it crashes over an innocent row alone, that is the only time.
    """

    def __init__(self, chance: Random) -> None:
        super().__init__()
        self._chance = chance
        self._is_sick = False
        self._unlucky: set[bytes] = set()

    def close(self) -> None:
        self._is_sick = False

    def convert(self, documents: Sequence[bytes], *, deadline_seconds: float) -> list[bytes | Unconvertible]:
        [document] = documents
        if b"innocent" in document and document not in self._unlucky and (self._is_sick or self._chance.random() < 0.2):
            self._unlucky.add(document)
            return [Unconvertible("pdf_office_crashed", "It was not this document's fault.")]
        harm = self._harm(document)
        return [harm] if harm else super().convert(documents, deadline_seconds=deadline_seconds)

    def convert_merged(self, document: bytes, rows: int, *, deadline_seconds: float) -> list[bytes] | Unconvertible:
        return self._harm(document) or super().convert_merged(document, rows, deadline_seconds=deadline_seconds)

    def _harm(self, document: bytes) -> Unconvertible | None:
        if b"poison" not in document and b"hang" not in document:
            return None
        self._is_sick = self._chance.random() < 0.5
        return Unconvertible("pdf_office_crashed" if b"poison" in document else "pdf_timed_out")


@pytest.fixture
def batch(results_cloud: None) -> Batch:
    """Two good rows, one that the template refuses, one that the converter refuses, and one bad from the start."""
    batch = add_batch()
    names = {2: "Zoë", 3: "refuse", 4: "jam", 5: "Ana"}
    rows = [row_of(batch, row, name=name) for row, name in names.items()]
    fill_batch(batch, [*rows, row_of(batch, 6, bad=True)])
    return batch


# ---------------------------------------------------------------- rows


def test_a_bad_row_costs_itself_alone_and_says_why(batch: Batch, converter: FakeConverter) -> None:
    rendering(converter).render(TENANT, batch.batch_id, CHUNK)

    reports = {report.row: report for report in all_reports(batch)}
    assert [reports[row].status for row in range(2, 7)] == [
        ReportStatus.READY,
        ReportStatus.FAILED,
        ReportStatus.FAILED,
        ReportStatus.READY,
        ReportStatus.FAILED,
    ]
    assert [(reports[row].problem.code, reports[row].problem.row) for row in (3, 4)] == [  # type: ignore[union-attr]  # failed ones have one
        ("template_value", 3),
        ("pdf_document_refused", 4),
    ]
    assert documents().get(reports[2].pdf_key).startswith("%PDF-Zoë".encode())
    assert documents().get(reports[5].pdf_key).startswith(b"%PDF-Ana")
    assert counts(batch) == (5, 2, 3)


def test_a_thousandth_bad_row_is_found_without_converting_each_row_alone(
    results_cloud: None, converter: FakeConverter
) -> None:
    batch = batch_of(["jam" if row == 17 else f"Person {row}" for row in range(25)])

    rendering(converter).render(TENANT, batch.batch_id, Chunk(2, 26))

    assert counts(batch) == (25, 24, 1)
    assert len(converter.conversions) < 12


def test_rows_share_conversions_and_reports_of_three_pages_share_them_by_ten(
    results_cloud: None, converter: FakeConverter
) -> None:
    letters, reports = (batch_of([f"Person {row}" for row in range(50)]) for _ in range(2))

    rendering(converter).render(TENANT, letters.batch_id, Chunk(2, 51))
    assert converter.conversions == [25, 25]

    converter.conversions.clear()
    rendering(converter, pages=3).render(TENANT, reports.batch_id, Chunk(2, 51))
    assert converter.conversions == [10] * 5
    assert counts(letters) == counts(reports) == (50, 50, 0)


def test_rows_of_a_template_that_merges_unfaithfully_are_converted_one_by_one(
    results_cloud: None, converter: FakeConverter
) -> None:
    batch = batch_of(["Zoë", "Ana"])

    rendering(converter, letter=Letter(mergeable=False)).render(TENANT, batch.batch_id, CHUNK)

    assert converter.conversions == [1, 1]
    assert TemplateVersionStore().get(TENANT, batch.template_id, 1).merging is Merging.UNFAITHFUL


def test_a_merged_row_that_does_not_say_what_it_should_is_converted_alone(
    results_cloud: None, converter: FakeConverter
) -> None:
    class Swapping(FakeConverter):
        def convert_merged(self, document: bytes, rows: int, *, deadline_seconds: float) -> list[bytes] | Unconvertible:
            result = super().convert_merged(document, rows, deadline_seconds=deadline_seconds)
            return [result[1], result[0], *result[2:]] if isinstance(result, list) else result

    batch, swapping = batch_of(["Zoë", "Ana", "Bo"]), Swapping()

    rendering(swapping, shows_text=says).render(TENANT, batch.batch_id, CHUNK)

    assert swapping.conversions == [3, 1, 1]
    assert [documents().get(report.pdf_key).split(b" ")[0].decode() for report in all_reports(batch)] == [
        "%PDF-Zoë",
        "%PDF-Ana",
        "%PDF-Bo",
    ]


def says(pdf: bytes, expected: ExpectedText) -> bool:
    """Whether one of the fake's PDFs shows a text."""
    return expected.stands_in([pdf.removeprefix(b"%PDF-").decode()])


def test_rows_of_a_template_whose_version_is_gone_are_converted_one_by_one(
    results_cloud: None, converter: FakeConverter
) -> None:
    batch = batch_of(["Zoë", "Ana"])
    TemplateVersionRow(f"{TENANT}#template#{batch.template_id}", "version#000001").delete()

    rendering(converter).render(TENANT, batch.batch_id, CHUNK)

    assert converter.conversions == [1, 1]
    assert counts(batch) == (2, 2, 0)


# ---------------------------------------------------------------- crashes, hangs, time


@pytest.mark.parametrize("code", ["pdf_timed_out", "pdf_office_crashed"])
def test_a_group_that_meets_a_sick_libreoffice_gets_its_pdfs_all_the_same(
    results_cloud: None, converter: FakeConverter, code: str
) -> None:
    batch = batch_of(["Zoë", "Ana", "Bo"])
    converter.failures = {b"Ana": [code]}

    rendering(converter).render(TENANT, batch.batch_id, CHUNK)

    assert counts(batch) == (3, 3, 0)


def test_a_row_that_hangs_however_often_it_is_tried_fails_alone(results_cloud: None, converter: FakeConverter) -> None:
    batch = batch_of(["Zoë", "Ana", "Bo"])
    converter.failures = {b"Ana": ["pdf_timed_out"] * 9}

    with pytest.raises(ChunkUnfinished):
        rendering(converter).render(TENANT, batch.batch_id, CHUNK)
    assert (counts(batch), converter.conversions) == ((3, 2, 0), [3, 1, 1, 1])

    rendering(converter).render(TENANT, batch.batch_id, CHUNK)
    assert (counts(batch), converter.conversions) == ((3, 2, 1), [3, 1, 1, 1, 1])
    assert current(row_of(batch, 3)).problem.code == "pdf_timed_out"  # type: ignore[union-attr]  # it failed


def test_a_row_that_a_crash_befell_by_chance_gets_its_pdf_in_the_next_round(
    results_cloud: None, converter: FakeConverter
) -> None:
    batch = batch_of(["Zoë"])
    converter.failures = {"Zoë".encode(): ["pdf_office_crashed"]}

    with pytest.raises(ChunkUnfinished):
        rendering(converter).render(TENANT, batch.batch_id, CHUNK)
    rendering(converter).render(TENANT, batch.batch_id, CHUNK)

    assert counts(batch) == (1, 1, 0)


@few_examples
@given(
    names=some.lists(some.sampled_from(["poison", "hang", "innocent"]), min_size=1, max_size=30),
    letter=some.sampled_from([Letter(), Letter(mergeable=False)]),
    chance=some.randoms(use_true_random=False),
)
def test_no_row_is_lost_to_a_poisonous_neighbour_or_to_chance_and_a_poisonous_one_ends(
    results_cloud: None, names: list[str], letter: Letter, chance: Random
) -> None:
    batch = batch_of([f"{name} {number}" for number, name in enumerate(names)])
    use_case = rendering(PoisonedConverter(chance), letter=letter)

    rounds = 1
    while _is_unfinished(use_case, batch, Chunk(2, len(names) + 1)):
        rounds += 1

    poisonous = sum(name != "innocent" for name in names)
    assert counts(batch) == (len(names), len(names) - poisonous, poisonous)
    assert rounds <= 2


def test_a_row_that_is_corrected_begins_anew(results_cloud: None, converter: FakeConverter) -> None:
    batch = batch_of(["Zoë"])
    converter.failures = {"Zoë".encode(): ["pdf_office_crashed"] * 2}
    assert _is_unfinished(rendering(converter), batch, CHUNK)

    reset_for_rendering(current(row_of(batch, 2)), execution="again")

    assert _is_unfinished(rendering(converter), batch, CHUNK)
    assert not _is_unfinished(rendering(converter), batch, CHUNK)
    assert counts(batch) == (1, 1, 0)


def test_what_was_rendered_before_time_ran_out_stays_and_the_next_try_goes_on(
    results_cloud: None, converter: FakeConverter
) -> None:
    batch = batch_of([f"Person {row}" for row in range(30)])
    clock = iter([120.0, 60.0, 5.0])

    with pytest.raises(ChunkUnfinished):
        rendering(converter).render(TENANT, batch.batch_id, Chunk(2, 31), seconds_left=lambda: next(clock))
    assert counts(batch) == (30, 25, 0)

    rendering(converter).render(TENANT, batch.batch_id, Chunk(2, 31))
    assert counts(batch) == (30, 30, 0)
    assert len(converter.printed) == 30


def test_a_row_that_was_given_little_time_is_not_blamed_for_needing_more(
    results_cloud: None, converter: FakeConverter
) -> None:
    batch = batch_of(["Zoë"])
    converter.failures = {"Zoë".encode(): ["pdf_timed_out"]}

    with pytest.raises(Unavailable):
        rendering(converter).render(TENANT, batch.batch_id, CHUNK, seconds_left=lambda: 15.0)

    assert statuses(batch) == [ReportStatus.PENDING]


# ---------------------------------------------------------------- nothing twice


def test_a_chunk_again_makes_nothing_twice(batch: Batch, converter: FakeConverter) -> None:
    rendering(converter).render(TENANT, batch.batch_id, CHUNK)
    before = (all_reports(batch), BatchStore().get(TENANT, batch.batch_id))

    assert rendering(converter).render(TENANT, batch.batch_id, CHUNK) == []

    assert (all_reports(batch), BatchStore().get(TENANT, batch.batch_id)) == before
    assert len(converter.printed) == 2


def test_a_pdf_that_a_dead_invocation_left_behind_is_kept_as_the_one(batch: Batch, converter: FakeConverter) -> None:
    row = reports_store().at_row(TENANT, batch.batch_id, 2)
    documents().put_once(pdf_key(batch, row), b"%PDF-the first", content_type=PDF)

    rendering(converter).render(TENANT, batch.batch_id, Chunk(2, 2))

    assert documents().get(reports_store().at_row(TENANT, batch.batch_id, 2).pdf_key) == b"%PDF-the first"


def test_two_invocations_over_the_same_rows_keep_one_pdf_of_each_and_count_it_once(
    results_cloud: None, converter: FakeConverter
) -> None:
    batch = batch_of(["Zoë", "Ana"])

    class Slower(OutcomeStore):
        """Records after another invocation has done the same."""

        def record(self, tenant_id: str, batch_id: str, *args: Sequence[Rendered], now: datetime) -> list[Rendered]:
            rendering(converter).render(tenant_id, batch_id, CHUNK)
            return super().record(tenant_id, batch_id, *args, now=now)

    assert rendering(converter, outcomes=Slower()).render(TENANT, batch.batch_id, CHUNK) == []

    assert counts(batch) == (2, 2, 0)
    assert all(documents().get(report.pdf_key) for report in all_reports(batch))


def test_a_template_is_compiled_once_while_the_worker_is_warm(results_cloud: None) -> None:
    compiled: list[bytes] = []

    def compile_template(content: bytes) -> Letter:
        compiled.append(content)
        return Letter()

    batch = add_batch()
    templates = CompiledTemplates(documents(), compile_template, lambda _content: Letter())

    assert templates.whole(batch.template_key) is templates.whole(batch.template_key)
    assert len(compiled) == 1


def _is_unfinished(use_case: Rendering, batch: Batch, chunk: Chunk) -> bool:
    """Renders a chunk once; tells whether it is to go on."""
    try:
        use_case.render(TENANT, batch.batch_id, chunk)
    except ChunkUnfinished:
        return True
    return False
