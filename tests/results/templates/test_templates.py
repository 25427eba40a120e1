"""Templates: versions that count up, files that are good or not, previews."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from herald.errors import Invalid, NotFound, TooLarge, Unavailable, Unprocessable
from herald.results.batches.store import BatchStore
from herald.results.templates.model import (
    LARGEST_UPLOADED_TEMPLATE_BYTES,
    Template,
    TemplateStatus,
    TemplateVersion,
)
from herald.results.templates.previewing import LARGEST_VALUES_BYTES, Previews
from herald.results.templates.publishing import CheckOutcome, TemplatePublisher, UploadChecks
from herald.results.templates.service import Templates, upload_key, upload_of_key
from herald.results.templates.store import TemplateStore, TemplateVersionStore
from tests.support.objects import keys_in
from tests.support.renderer import FakeRenderer
from tests.support.results import NOW, OTHER_TENANT, TENANT, Letter, add_batch, documents, uploads

LATER = NOW + timedelta(hours=1)
ID = "0192f3a4-6000-7000-8000-00000000a001"


def compile_words(content: bytes) -> Letter:
    """A template whose words are its placeholders; ``broken`` cannot be compiled, and ``embedded`` has fonts in it."""
    if content == b"broken":
        raise Invalid("A placeholder is broken.", code="template_broken_tag", fields={"paragraph": "Dear {{ name"})
    embedded = ("Calibri", "Impact") if content == b"embedded" else ()
    return Letter(frozenset(content.decode().split()), embedded_fonts=embedded)


class Environment:
    """Everything around templates, over tables and buckets in memory."""

    def __init__(self, versions: TemplateVersionStore | None = None, *, records: TemplateStore | None = None) -> None:
        self.records = records or TemplateStore()
        self.versions = versions or TemplateVersionStore()
        self.renderer = FakeRenderer()
        self.publisher = TemplatePublisher(
            self.records,
            self.versions,
            documents(),
            compile_words,
            lambda fonts: {"Aptos"} & set(fonts),
            self.renderer,
            clock=lambda: LATER,
        )
        self.templates = Templates(self.records, uploads(), self.publisher, clock=lambda: NOW)
        self.previews = Previews(self.records, self.renderer, documents(), clock=lambda: NOW)

    def upload(self, content: bytes = b"name", *, template_id: str = ID) -> Template:
        return self.templates.upload(TENANT, template_id, name="Letter", description="", content=content)

    def upload_version(self, content: bytes, *, upload: str = "second") -> Template:
        return self.templates.upload_version(TENANT, ID, upload=upload, content=content)

    def put(
        self, content: bytes, *, upload: str = ID, largest_bytes: int = LARGEST_UPLOADED_TEMPLATE_BYTES
    ) -> CheckOutcome:
        """What S3's event does after a PUT to an upload URL."""
        key = upload_key(TENANT, ID, upload)
        uploads().put(key, content, content_type="")
        return self.check(upload=upload, largest_bytes=largest_bytes)

    def check(self, *, upload: str = ID, largest_bytes: int = LARGEST_UPLOADED_TEMPLATE_BYTES) -> CheckOutcome:
        checks = UploadChecks(self.records, uploads(), self.publisher, largest_bytes=largest_bytes, clock=lambda: LATER)
        return checks.check(TENANT, ID, key=upload_key(TENANT, ID, upload), upload=upload)

    @property
    def now(self) -> Template:
        return self.templates.get(TENANT, ID)


@pytest.fixture
def environment(results_cloud: None) -> Environment:
    return Environment()


def kept(template: Template) -> bytes:
    return documents().get(template.object_key)


def test_a_created_template_waits_for_its_file(environment: Environment) -> None:
    awaited = environment.templates.create(TENANT, ID, name=" Letter ", description="One page")

    assert (awaited.template.name, awaited.template.status, awaited.template.version) == (
        "Letter",
        TemplateStatus.PENDING,
        0,
    )
    assert upload_key(TENANT, ID, ID) in awaited.upload_url


def test_a_good_file_at_the_upload_url_makes_the_template_ready(environment: Environment) -> None:
    environment.templates.create(TENANT, ID, name="Letter", description="")

    assert environment.put(b"name fee") is CheckOutcome.ACCEPTED

    template = environment.now
    assert (template.status, template.version, template.placeholders) == (TemplateStatus.READY, 1, ("fee", "name"))
    assert kept(template) == b"name fee"


def test_the_event_of_an_upload_that_comes_twice_makes_one_version(environment: Environment) -> None:
    environment.templates.create(TENANT, ID, name="Letter", description="")
    environment.put(b"name")
    environment.upload_version(b"name fee")

    assert environment.check() is CheckOutcome.ACCEPTED
    assert (environment.now.version, kept(environment.now)) == (2, b"name fee")


def test_a_broken_first_file_fails_the_template_with_the_paragraph(environment: Environment) -> None:
    environment.templates.create(TENANT, ID, name="Letter", description="")

    assert environment.put(b"broken") is CheckOutcome.REFUSED

    template = environment.now
    assert (template.status, template.version) == (TemplateStatus.FAILED, 0)
    assert template.problem is not None
    assert (template.problem.code, template.problem.paragraph) == ("template_broken_tag", "Dear {{ name")


def test_a_broken_later_file_leaves_the_good_version_in_use_and_says_why(environment: Environment) -> None:
    environment.upload(b"name")

    environment.put(b"broken", upload="later")

    template = environment.now
    assert (template.status, template.version) == (TemplateStatus.READY, 1)
    assert template.problem is not None
    assert kept(template) == b"name"


def test_a_good_file_after_a_broken_one_takes_the_problem_away(environment: Environment) -> None:
    environment.templates.create(TENANT, ID, name="Letter", description="")
    environment.put(b"broken")

    environment.put(b"name")

    assert (environment.now.status, environment.now.version, environment.now.problem) == (TemplateStatus.READY, 1, None)


def test_the_present_file_again_makes_no_version_and_takes_the_problem_away(environment: Environment) -> None:
    environment.upload(b"name")
    environment.put(b"broken", upload="broken")

    template = environment.upload_version(b"name", upload="later")

    assert (template.version, template.problem) == (1, None)


@pytest.mark.parametrize(("older", "newest"), [(b"broken", b"fee"), (b"name", b"broken")])
def test_a_late_event_about_an_older_upload_leaves_what_is_told_of_the_newest(
    environment: Environment, older: bytes, newest: bytes
) -> None:
    environment.templates.create(TENANT, ID, name="Letter", description="")
    environment.put(older)
    environment.put(newest, upload="second")
    before = environment.now

    environment.check()

    assert environment.now.problem == before.problem
    assert (environment.now.version, environment.now.status) == (1, TemplateStatus.READY)


def test_an_older_file_again_is_a_version_again(environment: Environment) -> None:
    environment.upload(b"name")
    environment.upload_version(b"fee", upload="second")

    template = environment.upload_version(b"name", upload="third")

    assert (template.version, template.placeholders) == (3, ("name",))


def test_an_upload_of_more_than_ten_megabytes_is_refused_unread_and_removed_at_once(environment: Environment) -> None:
    environment.templates.create(TENANT, ID, name="Letter", description="")

    environment.put(b"name", largest_bytes=3)

    assert environment.now.problem is not None
    assert environment.now.problem.code == "too_large"
    assert keys_in("uploads-bucket") == []


@pytest.mark.parametrize("vanish", ["template", "file"])
def test_an_upload_whose_template_or_file_is_gone_comes_to_nothing(environment: Environment, vanish: str) -> None:
    environment.templates.create(TENANT, ID, name="Letter", description="")
    uploads().put(upload_key(TENANT, ID, "there"), b"name", content_type="")
    if vanish == "template":
        environment.templates.remove(TENANT, ID)

    assert environment.check(upload="there" if vanish == "template" else "gone") is CheckOutcome.GONE


def test_two_uploads_at_once_become_two_versions(results_cloud: None) -> None:
    class Crossing(TemplateVersionStore):
        """While the first upload is about to take its number, the second takes it."""

        def __init__(self) -> None:
            self.before_first: Callable[[], object] | None = None

        def add(self, version: TemplateVersion) -> bool:
            interrupt, self.before_first = self.before_first, None
            if interrupt:
                interrupt()
            return super().add(version)

    crossing = Crossing()
    environment = Environment(crossing)
    environment.upload(b"name")
    crossing.before_first = lambda: environment.upload_version(b"fee", upload="the other")

    environment.upload_version(b"date", upload="mine")

    versions = [crossing.get(TENANT, ID, number) for number in (1, 2, 3)]
    assert [documents().get(version.object_key) for version in versions] == [b"name", b"fee", b"date"]
    assert environment.now.version == 3


class DyingTemplateStore(TemplateStore):
    """The function is killed before a version is published."""

    def publish(self, *_: object, **__: object) -> None:
        raise ConnectionError


def test_an_upload_that_died_halfway_goes_on_under_its_number(environment: Environment) -> None:
    environment.upload(b"name")
    with pytest.raises(ConnectionError):
        Environment(records=DyingTemplateStore()).upload_version(b"fee")
    assert environment.now.version == 1

    assert environment.upload_version(b"fee").version == 2


def test_the_first_upload_again_under_its_id_is_the_same_template(environment: Environment) -> None:
    first, second = environment.upload(b"name"), environment.upload(b"name")

    assert first == second


def test_a_batch_keeps_the_version_that_it_began_with(environment: Environment) -> None:
    batch = add_batch(environment.upload(b"name"))

    environment.upload_version(b"name fee")

    stored = BatchStore().get(TENANT, batch.batch_id)
    assert (stored.template_version, documents().get(stored.template_key)) == (1, b"name")


def test_the_renderer_is_told_of_each_accepted_version_and_of_no_other(environment: Environment) -> None:
    environment.upload(b"name")
    environment.put(b"broken", upload="broken")

    assert environment.renderer.told == [{"merge_check": {"tenant_id": TENANT, "template_id": ID, "version": 1}}]


def test_an_upload_does_not_fail_because_nobody_can_be_told(
    environment: Environment, caplog: pytest.LogCaptureFixture
) -> None:
    environment.renderer.is_away = True

    assert environment.upload(b"name").version == 1
    assert "not announced" in caplog.text


def test_fonts_that_will_be_replaced_are_warned_of(environment: Environment) -> None:
    assert environment.upload(b"name").warnings == ("The font Aptos will be replaced; lines may break elsewhere.",)


def test_fonts_that_a_file_brings_along_are_left_out_with_a_warning(environment: Environment) -> None:
    warnings = environment.upload(b"embedded").warnings

    assert [warning for warning in warnings if "Calibri, Impact" in warning and "left out" in warning]


def test_a_template_without_placeholders_is_warned_of(environment: Environment) -> None:
    assert "same text" in environment.upload(b"").warnings[-1]


def test_a_name_changes_alone_and_a_new_version_keeps_it(environment: Environment) -> None:
    environment.templates.upload(TENANT, ID, name="Letter", description="One page", content=b"name")

    environment.templates.describe(TENANT, ID, name="Result", description=None)
    template = environment.upload_version(b"fee")

    assert (template.name, template.description, template.version) == ("Result", "One page", 2)


def test_how_dates_are_written_is_changed_alone_and_can_be_taken_back(environment: Environment) -> None:
    environment.templates.create(TENANT, ID, name="Letter", description="", date_format="dd/mm/yyyy")

    formats = [environment.templates.get(TENANT, ID).date_format]
    for date_format in ("YYYY/MM/DD", ""):
        changed = environment.templates.describe(TENANT, ID, name=None, description=None, date_format=date_format)
        formats.append(changed.date_format)

    assert formats == ["DD/MM/YYYY", "YYYY/MM/DD", ""]
    with pytest.raises(Invalid, match="DD/MM/YYYY"):
        environment.templates.describe(TENANT, ID, name=None, description=None, date_format="tomorrow")


@pytest.mark.parametrize("name", [None, "  "])
def test_a_change_of_nothing_or_to_a_blank_name_is_refused(environment: Environment, name: str | None) -> None:
    environment.upload()

    with pytest.raises(Invalid):
        environment.templates.describe(TENANT, ID, name=name, description=None)


def test_a_deleted_template_is_gone_and_its_files_stay_for_its_batches(environment: Environment) -> None:
    template = environment.upload(b"name")

    environment.templates.remove(TENANT, ID)

    assert environment.templates.page(TENANT, size=10, cursor=None).items == []
    with pytest.raises(NotFound):
        add_batch(template)
    with pytest.raises(NotFound):
        environment.templates.remove(TENANT, ID)
    assert kept(template) == b"name"
    assert environment.versions.get(TENANT, ID, 1).placeholders == ("name",)


def test_another_tenants_template_does_not_exist(environment: Environment) -> None:
    environment.upload()

    for reach in (
        lambda: environment.templates.get(OTHER_TENANT, ID),
        lambda: environment.templates.await_version(OTHER_TENANT, ID, upload="x"),
        lambda: environment.templates.upload_version(OTHER_TENANT, ID, upload="x", content=b"name"),
        lambda: environment.templates.describe(OTHER_TENANT, ID, name="Mine", description=None),
        lambda: environment.templates.remove(OTHER_TENANT, ID),
        lambda: environment.previews.make(OTHER_TENANT, ID, values=None),
    ):
        with pytest.raises(NotFound):
            reach()


def test_a_preview_is_rendered_from_the_present_version(environment: Environment) -> None:
    environment.upload(b"name")
    environment.upload_version(b"fee")

    preview = environment.previews.make(TENANT, ID, values={"fee": 42.5})

    assert environment.renderer.asked == [
        {"preview": {"tenant_id": TENANT, "template_id": ID, "version": 2, "values": {"fee": 42.5}, "date_format": ""}}
    ]
    assert "previews/preview.pdf" in preview.url
    assert preview.expires_at == NOW + timedelta(minutes=5)


def test_values_that_do_not_fit_are_told_with_their_place(environment: Environment) -> None:
    environment.upload()
    environment.renderer.answer = {
        "problem": {"code": "template_value", "message": "No date.", "fields": {"paragraph": "x"}}
    }

    with pytest.raises(Unprocessable) as refused:
        environment.previews.make(TENANT, ID, values={"name": "x"})

    assert (refused.value.code, refused.value.fields) == ("template_value", {"paragraph": "x"})


def test_a_preview_needs_a_file_a_renderer_and_few_values(environment: Environment) -> None:
    environment.templates.create(TENANT, ID, name="Letter", description="")
    with pytest.raises(Unprocessable) as refused:
        environment.previews.make(TENANT, ID, values=None)
    assert refused.value.code == "template_not_ready"

    environment.put(b"name")
    with pytest.raises(TooLarge):
        environment.previews.make(TENANT, ID, values={"name": "x" * LARGEST_VALUES_BYTES})
    environment.renderer.is_away = True
    with pytest.raises(Unavailable):
        environment.previews.make(TENANT, ID, values=None)


def test_a_key_tells_what_was_uploaded() -> None:
    assert upload_of_key(upload_key("tenant", "template", "upload")) == ("tenant", "template", "upload")


def test_a_template_without_a_good_file_is_not_ready(environment: Environment) -> None:
    template = environment.upload()
    template.require_ready()

    with pytest.raises(Unprocessable):
        replace(template, status=TemplateStatus.FAILED).require_ready()
