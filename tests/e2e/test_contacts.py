"""Contacts on the local stack: whoever else creates them at that moment."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local.stack.running import RunningStack
from tests.support.clinic import Clinic

pytestmark = pytest.mark.stack

PATH = "/api/messaging/contacts/"


@pytest.fixture(scope="module")
def shop(stack: RunningStack, tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    return Clinic(stack, tmp_path_factory.mktemp("shop"))


def test_fifty_requests_that_create_one_phone_at_once_make_one_contact(shop: Clinic) -> None:
    def create(number: int) -> tuple[int, str]:
        answer = shop.http.post(PATH, json={"phone_e164": "+255700000050", "tags": [f"tag-{number % 5}"]})
        return answer.status_code, answer.json()["data"]["id"]

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(create, range(50)))

    assert len({contact_id for _, contact_id in answers}) == 1
    assert sorted(status for status, _ in answers) == [*[200] * 49, 201]
    assert len(shop.get(f"{PATH}{answers[0][1]}/")["data"]["tags"]) == 5
    assert shop.get(PATH)["data"]["count"] == 1


def test_what_two_say_of_one_contact_at_once_is_all_kept(shop: Clinic) -> None:
    contact = shop.post(PATH, {"phone_e164": "+255700000051"})["data"]["id"]

    def say(number: int) -> int:
        return shop.http.put(f"{PATH}{contact}/", json={"attributes": {f"n{number}": number}}).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(say, range(16))) == {200}
    assert shop.get(f"{PATH}{contact}/")["data"]["attributes"] == {f"n{number}": number for number in range(16)}


def test_two_organisations_do_not_meet(shop: Clinic, stack: RunningStack, tmp_path: Path) -> None:
    other = Clinic(stack, tmp_path)
    ours = shop.post(PATH, {"phone_e164": "+255700000052", "name": "Ours"})["data"]
    theirs = other.post(PATH, {"phone_e164": "+255700000052", "name": "Theirs"})["data"]

    assert ours["id"] != theirs["id"]
    assert other.http.get(f"{PATH}{ours['id']}/").status_code == 404
    assert [contact["name"] for contact in other.get(PATH)["data"]["results"]] == ["Theirs"]
