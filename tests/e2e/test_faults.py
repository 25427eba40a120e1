"""What goes wrong around Herald costs nobody a report, and sends nobody a second text."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from local.stack.running import RunningStack
from tests.support.carrier import CarrierControls
from tests.support.clinic import Clinic, Person, new_person
from tests.support.customer import customer_of, follow
from tests.support.engine import Engine, Process
from tests.support.pages import pages_of
from tests.support.waiting import eventually

pytestmark = pytest.mark.stack


# ---------------------------------------------------------------- rows


def test_a_bad_row_costs_only_that_row(clinic: Clinic, carrier: CarrierControls) -> None:
    good, last = new_person("Good"), new_person("Last")
    people = [good, new_person("No phone", phone="+12"), new_person("No fee", fee="a lot"), last]

    batch = clinic.finished_batch(people)
    clinic.send_batch(batch["id"])
    reports = clinic.wait_for_deliveries(batch["id"])

    assert (batch["status"], batch["total"], batch["successful"], batch["failed"]) == ("completed", 4, 2, 2)
    assert [report["status"] for report in reports] == ["ready", "failed", "failed", "ready"]
    problems = [report["problem"] for report in reports if report["problem"]]
    assert [(problem["row"], problem["code"]) for problem in problems] == [
        (3, "phone_invalid"),
        (4, "template_value_broken"),
    ]
    assert problems[0]["column"] == "Phone"
    assert "fee" in problems[1]["message"]
    for person in (good, last):
        carrier.one_text_to(person.phone)


def test_a_workbook_that_is_none_ends_its_batch_with_the_reason(clinic: Clinic) -> None:
    batch = clinic.create_batch(clinic.upload_template()["id"])
    clinic.upload_workbook(batch, b"Name,Phone\r\n")

    ended = clinic.wait_for_batch(batch["id"])

    assert ended["status"] == "failed"
    assert ended["problem"]["code"].startswith("workbook_")
    assert ended["problem"]["message"]


# ---------------------------------------------------------------- the same thing twice


def test_the_same_upload_told_again_makes_nothing_twice(
    clinic: Clinic, carrier: CarrierControls, engine: Engine
) -> None:
    people = [new_person(f"Person {number}") for number in range(3)]
    batch = clinic.create_batch(clinic.upload_template()["id"])
    workbook = clinic.workbook(people)
    clinic.upload_workbook(batch, workbook)
    clinic.upload_workbook(batch, workbook)
    clinic.wait_for_batch(batch["id"])
    before = clinic.reports(batch["id"])

    engine.invoke("IngestFunction", engine.upload_event(clinic.tenant_id, batch["id"]))
    clinic.upload_workbook(batch, workbook)
    engine.invoke("IngestFunction", engine.upload_event(clinic.tenant_id, batch["id"]))

    ended = clinic.wait_for_batch(batch["id"])
    assert (ended["total"], ended["successful"], ended["failed"]) == (3, 3, 0)
    assert clinic.reports(batch["id"]) == before
    assert len(engine.documents_of(clinic.tenant_id, batch["id"])) == 3
    assert len(engine.renderings_of(batch["id"])) == 1
    clinic.send_batch(batch["id"])
    clinic.wait_for_deliveries(batch["id"])
    for person in people:
        carrier.one_text_to(person.phone)


def test_a_key_used_again_for_something_else_is_refused(clinic: Clinic) -> None:
    template_id = clinic.upload_template()["id"]
    clinic.post("/api/v1/admin/batches", {"name": "One", "template_id": template_id}, Idempotency_Key="once")

    answer = clinic.http.post(
        "/api/v1/admin/batches", json={"name": "Two", "template_id": template_id}, headers={"Idempotency-Key": "once"}
    )

    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "idempotency_key_reused"


def test_two_sendings_at_once_text_nobody_twice(clinic: Clinic, carrier: CarrierControls) -> None:
    people = [new_person(f"Person {number}") for number in range(10)]
    batch = clinic.finished_batch(people)

    with ThreadPoolExecutor(2) as pool:
        sent = list(pool.map(clinic.send_batch, [batch["id"]] * 2))
    clinic.wait_for_deliveries(batch["id"])
    clinic.send_batch(batch["id"])

    assert [answer["reports"] for answer in sent] == [10, 10]
    carrier.wait_until_idle()
    for person in people:
        carrier.one_text_to(person.phone)


# ---------------------------------------------------------------- crashes


def begin_rendering(clinic: Clinic, engine: Engine, people: Sequence[Person]) -> tuple[str, Process]:
    """A batch, and the LibreOffice that converts its letters at this moment."""
    began = time.time()
    batch_id = clinic.begin_batch(people)["id"]
    [office, *_] = eventually(lambda: engine.offices_at_work(since=began), glance_seconds=0.02)
    return batch_id, office


def assert_everybody_has_a_letter(clinic: Clinic, engine: Engine, batch_id: str, people: Sequence[Person]) -> None:
    ended = clinic.wait_for_batch(batch_id)
    reports = clinic.reports(batch_id)
    assert (ended["status"], ended["successful"], ended["failed"]) == ("completed", len(people), 0), reports
    assert len(engine.documents_of(clinic.tenant_id, batch_id)) == len(people)
    for person, report in list(zip(people, reports, strict=True))[:: len(people) - 1]:
        [page] = pages_of(follow(clinic.http.get(f"/api/v1/admin/reports/{report['id']}/pdf")))
        assert f"Dear {person.name}," in page


def test_a_killed_libreoffice_costs_no_row(clinic: Clinic, engine: Engine) -> None:
    people = [new_person(f"Person {number}") for number in range(25)]
    batch_id, office = begin_rendering(clinic, engine, people)

    office.kill()

    assert clinic.get(f"/api/v1/admin/batches/{batch_id}/status")["status"] == "processing"
    assert_everybody_has_a_letter(clinic, engine, batch_id, people)


def test_a_killed_render_worker_costs_no_row(clinic: Clinic, engine: Engine) -> None:
    people = [new_person(f"Person {number}") for number in range(25)]
    batch_id, office = begin_rendering(clinic, engine, people)

    engine.parent_of(office).kill()

    assert clinic.get(f"/api/v1/admin/batches/{batch_id}/status")["status"] == "processing"
    assert_everybody_has_a_letter(clinic, engine, batch_id, people)


def test_of_two_hundred_rows_ten_bad_ones_fail_whatever_crashes_and_hangs(clinic: Clinic, engine: Engine) -> None:
    people = [new_person(f"Person {number}", fee="a lot" if number % 20 == 7 else 42.5) for number in range(200)]
    batch_id, first = begin_rendering(clinic, engine, people)
    first.freeze()
    frozen = time.time()
    second = eventually(
        lambda: [office for office in engine.offices_at_work(since=frozen) if office.number != first.number],
        glance_seconds=0.02,
    )[0]
    second.kill()

    ended = clinic.wait_for_batch(batch_id)

    assert (ended["status"], ended["total"], ended["successful"], ended["failed"]) == ("completed", 200, 190, 10)
    reports = clinic.all_reports(batch_id)
    bad = [report for report in reports if report["status"] == "failed"]
    assert [report["row"] for report in bad] == [number + 2 for number in range(200) if number % 20 == 7]
    assert {report["problem"]["code"] for report in bad} == {"template_value_broken"}
    assert len(engine.documents_of(clinic.tenant_id, batch_id)) == 190


def test_a_killed_delivery_worker_sends_nothing_twice_and_skips_nobody(
    clinic: Clinic, carrier: CarrierControls, engine: Engine
) -> None:
    people = [new_person(f"Person {number}") for number in range(3)]
    batch = clinic.finished_batch(people)

    with engine.seeing_again_after(4, "DeliveriesQueue"):
        with carrier.behaving(latency_milliseconds=2_500):
            clinic.send_batch(batch["id"])
            eventually(lambda: clinic.reports(batch["id"])[0]["delivery"]["status"] == "sending", glance_seconds=0.2)
            workers = engine.workers_of("DeliverFunction")
            assert workers
            for worker in workers:
                worker.kill()
        clinic.wait_for_deliveries(batch["id"], ["delivered"])
        carrier.wait_until_idle()

    for person in people:
        carrier.one_text_to(person.phone)


# ---------------------------------------------------------------- the carrier


@pytest.mark.parametrize("order", ["duplicated", "out_of_order"])
def test_callbacks_may_come_twice_or_in_any_order(clinic: Clinic, carrier: CarrierControls, order: str) -> None:
    person = new_person()
    batch = clinic.finished_batch([person])

    with carrier.behaving({"to": person.phone, "callbacks": order}):
        clinic.send_batch(batch["id"])
        clinic.wait_for_deliveries(batch["id"], ["delivered"])
        carrier.wait_until_idle()

    text = carrier.one_text_to(person.phone)
    assert {callback["response_status"] for callback in text["callbacks"]} == {200}
    assert clinic.reports(batch["id"])[0]["delivery"]["status"] == "delivered"


def test_an_answer_lost_on_the_way_is_repaired_by_the_callback_and_nothing_is_sent_twice(
    clinic: Clinic, carrier: CarrierControls
) -> None:
    person = new_person()
    batch = clinic.finished_batch([person])

    with carrier.behaving({"to": person.phone, "answer": "dropped"}):
        clinic.send_batch(batch["id"])
        [report] = clinic.wait_for_deliveries(batch["id"], ["delivered"])
        clinic.send_batch(batch["id"])
        carrier.wait_until_idle()

    assert report["delivery"]["status"] == "delivered"
    carrier.one_text_to(person.phone)


def test_what_nobody_can_tell_is_shown_as_unknown_and_not_sent_again_by_itself(
    clinic: Clinic, carrier: CarrierControls
) -> None:
    person = new_person()
    batch = clinic.finished_batch([person])

    with carrier.behaving({"to": person.phone, "answer": "dropped", "callbacks": "none"}):
        clinic.send_batch(batch["id"])
        [report] = clinic.wait_for_deliveries(batch["id"], ["unknown"])
        clinic.send_batch(batch["id"])
        carrier.wait_until_idle()

    assert report["delivery"]["status"] == "unknown"
    carrier.one_text_to(person.phone)


def test_a_busy_carrier_gets_the_text_later_and_once(clinic: Clinic, carrier: CarrierControls) -> None:
    people = [new_person("First"), new_person("Second")]
    batch = clinic.finished_batch(people)

    with carrier.behaving({"to": people[0].phone, "answer": "too_many_requests", "times": 1}):
        clinic.send_batch(batch["id"])
        clinic.wait_for_deliveries(batch["id"], ["delivered"])
        carrier.wait_until_idle()

    for person in people:
        carrier.one_text_to(person.phone)


def test_a_refusal_of_the_carrier_ends_as_failed_with_its_code(clinic: Clinic, carrier: CarrierControls) -> None:
    refused, other = new_person("Unsubscribed"), new_person("Other")
    batch = clinic.finished_batch([refused, other])

    with carrier.behaving({"to": refused.phone, "answer": "unsubscribed"}):
        clinic.send_batch(batch["id"])
        reports = clinic.wait_for_deliveries(batch["id"])

    assert [(report["delivery"]["status"], report["delivery"]["error_code"]) for report in reports] == [
        ("failed", "21610"),
        ("delivered", None),
    ]
    assert carrier.texts_to(refused.phone) == []


# ---------------------------------------------------------------- permissions and races at the endpoints


def test_a_permission_taken_from_a_function_is_missed_at_once(clinic: Clinic, engine: Engine) -> None:
    clinic.get("/api/v1/admin/templates")

    with engine.without_permission("ResultflowTemplatesFunctionRole", "dynamodb:Query"):
        refused = clinic.http.get("/api/v1/admin/templates")

    assert refused.status_code == 500
    assert refused.json()["error"]["code"] == "internal_error"
    assert "AccessDenied" not in refused.text
    assert clinic.get("/api/v1/admin/templates")["templates"] == []


def test_of_fifteen_wrong_passwords_at_once_five_are_looked_at(
    stack: RunningStack, clinic: Clinic, engine: Engine
) -> None:
    person = new_person()
    customer = customer_of(stack, clinic, person)

    with ThreadPoolExecutor(15) as pool:
        answers = list(pool.map(customer.authenticate, [f"wrong-{number}" for number in range(15)]))
    engine.forget_requests_of_this_address()
    locked = customer.authenticate(person.password)

    assert {answer.status_code for answer in [*answers, locked]} == {401}
    assert {answer.json()["error"]["code"] for answer in [*answers, locked]} == {"invalid_credentials"}
    assert engine.link(clinic.tenant_id, customer.token)["wrong_passwords"] == {"N": "5"}
