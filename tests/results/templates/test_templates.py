"""Templates: versions that count up, files that are good or not, previews."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from herald.errors import Invalid, NotFound, TooLarge, Unavailable, Unprocessable
from herald.results.batches.store import BatchStore
from herald.results.templates.intake import CheckOutcome, TemplateIntake, UploadChecks
from herald.results.templates.model import Template, TemplateStatus, TemplateVersion
from herald.results.templates.previewing import LARGEST_VALUES_BYTES, Previews
from herald.results.templates.service import Templates, upload_key, upload_of_key
from herald.results.templates.store import TemplateStore, TemplateVersionStore
from tests.support.renderer import TameRenderer
from tests.support.results import NOW, OTHER_TENANT, TENANT, Letter, add_batch, documents, uploads

LATER = NOW + timedelta(hours=1)
ID = "0192f3a4-6000-7000-8000-00000000a001"


def compile_words(content: bytes) -> Letter:
    """A template whose words are its placeholders; ``broken`` cannot be compiled."""
    if content == b"broken":
        raise Invalid("A placeholder is broken.", code="template_broken_tag", fields={"paragraph": "Dear {{ name"})
    return Letter(frozenset(content.decode().split()))


class House:
    """Everything around templates, over tables and buckets in memory."""

    def __init__(self, versions: TemplateVersionStore | None = None) -> None:
        self.records = TemplateStore()
        self.versions = versions or TemplateVersionStore()
        self.renderer = TameRenderer()
        self.intake = TemplateIntake(
            self.records,
            self.versions,
            documents(),
            compile_words,
            lambda fonts: {"Aptos"} & set(fonts),
            self.renderer,
            clock=lambda: LATER,
        )
        self.templates = Templates(self.records, uploads(), self.intake, clock=lambda: NOW)
        self.previews = Previews(self.records, self.renderer, documents(), clock=lambda: NOW)

    def upload(self, content: bytes = b"name", *, template_id: str = ID) -> Template:
        return self.templates.upload(TENANT, template_id, name="Letter", description="", content=content)

    def upload_version(self, content: bytes, *, upload: str = "second") -> Template:
        return self.templates.upload_version(TENANT, ID, upload=upload, content=content)

    def put(self, content: bytes, *, upload: str = ID) -> CheckOutcome:
        """What S3's event does after a PUT to an upload URL."""
        key = upload_key(TENANT, ID, upload)
        uploads().put(key, content, content_type="")
        return self.check(upload=upload)

    def check(self, *, upload: str = ID) -> CheckOutcome:
        checks = UploadChecks(self.records, uploads(), self.intake, clock=lambda: LATER)
        return checks.check(TENANT, ID, key=upload_key(TENANT, ID, upload), upload=upload)

    @property
    def now(self) -> Template:
        return self.templates.get(TENANT, ID)


@pytest.fixture
def house(results_cloud: None) -> House:
    return House()


def kept(template: Template) -> bytes:
    return documents().get(template.object_key)


def test_a_created_template_waits_for_its_file(house: House) -> None:
    awaited = house.templates.create(TENANT, ID, name=" Letter ", description="One page")

    assert (awaited.template.name, awaited.template.status, awaited.template.version) == (
        "Letter",
        TemplateStatus.PENDING,
        0,
    )
    assert upload_key(TENANT, ID, ID) in awaited.upload_url


def test_a_good_file_at_the_upload_url_makes_the_template_ready(house: House) -> None:
    house.templates.create(TENANT, ID, name="Letter", description="")

    assert house.put(b"name fee") is CheckOutcome.ACCEPTED

    template = house.now
    assert (template.status, template.version, template.placeholders) == (TemplateStatus.READY, 1, ("fee", "name"))
    assert kept(template) == b"name fee"


def test_the_event_of_an_upload_that_comes_twice_makes_one_version(house: House) -> None:
    house.templates.create(TENANT, ID, name="Letter", description="")
    house.put(b"name")
    house.upload_version(b"name fee")

    assert house.check() is CheckOutcome.ACCEPTED
    assert (house.now.version, kept(house.now)) == (2, b"name fee")


def test_a_broken_first_file_fails_the_template_with_the_paragraph(house: House) -> None:
    house.templates.create(TENANT, ID, name="Letter", description="")

    assert house.put(b"broken") is CheckOutcome.REFUSED

    template = house.now
    assert (template.status, template.version) == (TemplateStatus.FAILED, 0)
    assert template.problem is not None
    assert (template.problem.code, template.problem.paragraph) == ("template_broken_tag", "Dear {{ name")


def test_a_broken_later_file_leaves_the_good_version_in_use_and_says_why(house: House) -> None:
    house.upload(b"name")

    house.put(b"broken", upload="later")

    template = house.now
    assert (template.status, template.version) == (TemplateStatus.READY, 1)
    assert template.problem is not None
    assert kept(template) == b"name"


def test_a_good_file_after_a_broken_one_takes_the_problem_away(house: House) -> None:
    house.templates.create(TENANT, ID, name="Letter", description="")
    house.put(b"broken")

    house.put(b"name")

    assert (house.now.status, house.now.version, house.now.problem) == (TemplateStatus.READY, 1, None)


def test_the_present_file_again_makes_no_version_and_takes_the_problem_away(house: House) -> None:
    house.upload(b"name")
    house.put(b"broken", upload="broken")

    template = house.upload_version(b"name", upload="later")

    assert (template.version, template.problem) == (1, None)


@pytest.mark.parametrize(("older", "newest"), [(b"broken", b"fee"), (b"name", b"broken")])
def test_a_late_event_about_an_older_upload_leaves_what_is_told_of_the_newest(
    house: House, older: bytes, newest: bytes
) -> None:
    house.templates.create(TENANT, ID, name="Letter", description="")
    house.put(older)
    house.put(newest, upload="second")
    before = house.now

    house.check()

    assert house.now.problem == before.problem
    assert (house.now.version, house.now.status) == (1, TemplateStatus.READY)


def test_an_older_file_again_is_a_version_again(house: House) -> None:
    house.upload(b"name")
    house.upload_version(b"fee", upload="second")

    template = house.upload_version(b"name", upload="third")

    assert (template.version, template.placeholders) == (3, ("name",))


def test_an_upload_of_more_than_ten_megabytes_is_refused_unread(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.templates.create(TENANT, ID, name="Letter", description="")
    monkeypatch.setattr("herald.results.templates.intake.LARGEST_UPLOADED_TEMPLATE_BYTES", 3)

    house.put(b"name")

    assert house.now.problem is not None
    assert house.now.problem.code == "too_large"


@pytest.mark.parametrize("vanish", ["template", "file"])
def test_an_upload_whose_template_or_file_is_gone_comes_to_nothing(house: House, vanish: str) -> None:
    house.templates.create(TENANT, ID, name="Letter", description="")
    uploads().put(upload_key(TENANT, ID, "there"), b"name", content_type="")
    if vanish == "template":
        house.templates.remove(TENANT, ID)

    assert house.check(upload="there" if vanish == "template" else "gone") is CheckOutcome.GONE


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
    house = House(crossing)
    house.upload(b"name")
    crossing.before_first = lambda: house.upload_version(b"fee", upload="the other")

    house.upload_version(b"date", upload="mine")

    versions = [crossing.get(TENANT, ID, number) for number in (1, 2, 3)]
    assert [documents().get(version.object_key) for version in versions] == [b"name", b"fee", b"date"]
    assert house.now.version == 3


def test_an_upload_that_died_halfway_goes_on_under_its_number(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.upload(b"name")
    with monkeypatch.context() as broken:
        broken.setattr(house.records, "publish", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            house.upload_version(b"fee")
    assert house.now.version == 1

    assert house.upload_version(b"fee").version == 2


def test_the_first_upload_again_under_its_id_is_the_same_template(house: House) -> None:
    first, second = house.upload(b"name"), house.upload(b"name")

    assert first == second


def test_a_batch_keeps_the_version_that_it_began_with(house: House) -> None:
    batch = add_batch(house.upload(b"name"))

    house.upload_version(b"name fee")

    stored = BatchStore().get(TENANT, batch.batch_id)
    assert (stored.template_version, documents().get(stored.template_key)) == (1, b"name")


def test_the_renderer_is_told_of_each_accepted_version_and_of_no_other(house: House) -> None:
    house.upload(b"name")
    house.put(b"broken", upload="broken")

    assert house.renderer.told == [{"qualify": {"tenant_id": TENANT, "template_id": ID, "version": 1}}]


def test_an_upload_does_not_fail_because_nobody_can_be_told(house: House, caplog: pytest.LogCaptureFixture) -> None:
    house.renderer.is_away = True

    assert house.upload(b"name").version == 1
    assert "not announced" in caplog.text


def test_fonts_that_will_be_replaced_are_warned_of(house: House) -> None:
    assert house.upload(b"name").warnings == ("The font Aptos will be replaced; lines may break elsewhere.",)


def test_a_template_without_placeholders_is_warned_of(house: House) -> None:
    assert "same text" in house.upload(b"").warnings[-1]


def test_a_name_changes_alone_and_a_new_version_keeps_it(house: House) -> None:
    house.templates.upload(TENANT, ID, name="Letter", description="One page", content=b"name")

    house.templates.describe(TENANT, ID, name="Result", description=None)
    template = house.upload_version(b"fee")

    assert (template.name, template.description, template.version) == ("Result", "One page", 2)


@pytest.mark.parametrize("name", [None, "  "])
def test_a_change_of_nothing_or_to_a_blank_name_is_refused(house: House, name: str | None) -> None:
    house.upload()

    with pytest.raises(Invalid):
        house.templates.describe(TENANT, ID, name=name, description=None)


def test_a_deleted_template_is_gone_and_its_files_stay_for_its_batches(house: House) -> None:
    template = house.upload(b"name")

    house.templates.remove(TENANT, ID)

    assert house.templates.page(TENANT, size=10, cursor=None).items == []
    with pytest.raises(NotFound):
        add_batch(template)
    with pytest.raises(NotFound):
        house.templates.remove(TENANT, ID)
    assert kept(template) == b"name"
    assert house.versions.get(TENANT, ID, 1).placeholders == ("name",)


def test_another_tenants_template_does_not_exist(house: House) -> None:
    house.upload()

    for reach in (
        lambda: house.templates.get(OTHER_TENANT, ID),
        lambda: house.templates.await_version(OTHER_TENANT, ID, upload="x"),
        lambda: house.templates.upload_version(OTHER_TENANT, ID, upload="x", content=b"name"),
        lambda: house.templates.describe(OTHER_TENANT, ID, name="Mine", description=None),
        lambda: house.templates.remove(OTHER_TENANT, ID),
        lambda: house.previews.make(OTHER_TENANT, ID, values=None),
    ):
        with pytest.raises(NotFound):
            reach()


def test_a_preview_is_rendered_from_the_present_version(house: House) -> None:
    house.upload(b"name")
    house.upload_version(b"fee")

    preview = house.previews.make(TENANT, ID, values={"fee": 42.5})

    assert house.renderer.asked == [
        {"preview": {"tenant_id": TENANT, "template_id": ID, "version": 2, "values": {"fee": 42.5}}}
    ]
    assert "previews/preview.pdf" in preview.url
    assert preview.expires_at == NOW + timedelta(minutes=5)


def test_values_that_do_not_fit_are_told_with_their_place(house: House) -> None:
    house.upload()
    house.renderer.answer = {"problem": {"code": "template_value", "message": "No date.", "fields": {"paragraph": "x"}}}

    with pytest.raises(Unprocessable) as refused:
        house.previews.make(TENANT, ID, values={"name": "x"})

    assert (refused.value.code, refused.value.fields) == ("template_value", {"paragraph": "x"})


def test_a_preview_needs_a_file_a_renderer_and_few_values(house: House) -> None:
    house.templates.create(TENANT, ID, name="Letter", description="")
    with pytest.raises(Unprocessable) as refused:
        house.previews.make(TENANT, ID, values=None)
    assert refused.value.code == "template_not_ready"

    house.put(b"name")
    with pytest.raises(TooLarge):
        house.previews.make(TENANT, ID, values={"name": "x" * LARGEST_VALUES_BYTES})
    house.renderer.is_away = True
    with pytest.raises(Unavailable):
        house.previews.make(TENANT, ID, values=None)


def test_a_key_tells_what_was_uploaded() -> None:
    assert upload_of_key(upload_key("tenant", "template", "upload")) == ("tenant", "template", "upload")


def test_a_template_without_a_good_file_is_not_ready(house: House) -> None:
    template = house.upload()
    template.require_ready()

    with pytest.raises(Unprocessable):
        replace(template, status=TemplateStatus.FAILED).require_ready()
