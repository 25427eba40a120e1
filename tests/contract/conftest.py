"""One clinic whose November letters are out, for every comparison with a document."""

from dataclasses import dataclass

import pytest

from local.stack.running import RunningStack
from tests.support.carrier import CarrierControls
from tests.support.clinic import Clinic, new_person
from tests.support.customer import Customer
from tests.support.engine import Engine


@dataclass(frozen=True)
class Practice:
    """A clinic at work, a person who opened a link, and the ids and secrets that requests name."""

    clinic: Clinic
    customer: Customer
    known: dict[str, str]


@pytest.fixture(scope="module")
def practice(stack: RunningStack, tmp_path_factory: pytest.TempPathFactory) -> Practice:
    """Set up once per file: reading changes nothing."""
    Engine(stack).forget_requests_of_this_address()
    return practice_of(Clinic(stack, tmp_path_factory.mktemp("practice")), stack)


def practice_of(clinic: Clinic, stack: RunningStack) -> Practice:
    """A clinic that sent two letters: one was opened by its reader; the other is what requests correct and delete."""
    reader, other = new_person(), new_person("Bola Adeyemi")
    batch = clinic.finished_batch([reader, other])
    clinic.send_batch(batch["id"])
    _, report = clinic.wait_for_deliveries(batch["id"])
    customer = Customer(stack.api_url, CarrierControls(stack.carrier_url).one_text_to(reader.phone))
    customer.open(reader.password)
    known = {
        "batch_id": batch["id"],
        "template_id": batch["template_id"],
        "report_id": report["id"],
        "customer_phone": other.phone,
        "link_token": customer.token,
        "password": str(reader.password),
    }
    return Practice(clinic, customer, known)
