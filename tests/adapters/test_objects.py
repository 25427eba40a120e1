"""Files come and go in S3: read as the very version that was meant, and removed by the folder."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.exceptions import ClientError

from herald.adapters.aws import objects
from herald.adapters.aws.objects import ObjectStore
from herald.errors import Conflict, NotFound, TooLarge, Unavailable
from tests.support.cloud import cloud, results_cloud
from tests.support.objects import etag_of, keys_in

__all__ = ["cloud", "results_cloud"]
BUCKET = "documents-bucket"


@pytest.fixture
def store(results_cloud: None) -> ObjectStore:
    return ObjectStore(BUCKET)


def put(store: ObjectStore, *keys: str) -> None:
    for key in keys:
        store.put(key, key.encode(), content_type="text/plain")


def test_a_version_is_downloaded_by_its_etag(store: ObjectStore, tmp_path: Path) -> None:
    put(store, "a/file")

    store.download("a/file", tmp_path / "file", etag=etag_of(BUCKET, "a/file"), at_most=100)

    assert (tmp_path / "file").read_bytes() == b"a/file"


@pytest.mark.parametrize(
    ("key", "change", "at_most", "error"),
    [("a/file", b"other", 100, Conflict), ("a/none", None, 100, NotFound), ("a/file", None, 3, TooLarge)],
)
def test_what_is_not_the_version_that_was_meant_is_not_downloaded(
    store: ObjectStore, tmp_path: Path, key: str, change: bytes | None, at_most: int, error: type[Exception]
) -> None:
    put(store, "a/file")
    etag = etag_of(BUCKET, "a/file")
    if change is not None:
        store.put("a/file", change, content_type="text/plain")

    with pytest.raises(error):
        store.download(key, tmp_path / "file", etag=etag, at_most=at_most)

    assert not (tmp_path / "file").exists()


def test_a_folder_is_emptied_in_bounded_parts(store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "_KEYS_PER_REQUEST", 2)
    put(store, *(f"a/{number}" for number in range(7)), "ab/1", "b/1")

    counts = [
        store.delete_under("a/", at_most=5),
        store.delete_under("a/", at_most=5),
        store.delete_under("a/", at_most=5),
    ]

    assert counts == [5, 2, 0]
    assert keys_in(BUCKET) == ["ab/1", "b/1"]


def test_what_s3_does_not_remove_is_not_counted_as_removed(store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    put(store, "a/1")

    class Refusing:
        def list_objects_v2(self, **_settings: object) -> object:
            return {"Contents": [{"Key": "a/1"}]}

        def delete_objects(self, **_settings: object) -> object:
            return {"Errors": [{"Key": "a/1", "Code": "InternalError"}]}

    monkeypatch.setattr(objects, "aws_client", lambda _service: Refusing())

    with pytest.raises(Unavailable):
        store.delete_under("a/", at_most=5)


# Writers that meet


class Contended:
    """S3 while somebody else writes the same key, until the given number of tries."""

    def __init__(self, conflicts: int) -> None:
        self.conflicts = conflicts
        self.tries = 0

    def put_object(self, **_settings: object) -> object:
        self.tries += 1
        if self.tries <= self.conflicts:
            raise ClientError({"Error": {"Code": "ConditionalRequestConflict", "Message": ""}}, "PutObject")
        return {}


def test_an_object_that_another_is_writing_is_tried_again_after_growing_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    bucket, pauses = Contended(conflicts=2), list[float]()
    monkeypatch.setattr(objects, "aws_client", lambda _service: bucket)

    monkeypatch.setattr("tenacity.nap.time.sleep", pauses.append)

    assert ObjectStore(BUCKET).put_once("a/file", b"", content_type="text/plain")
    assert all(pause <= longest for pause, longest in zip(pauses, (0.05, 0.1), strict=True))


def test_an_object_that_others_keep_writing_is_given_up_in_a_way_that_can_be_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bucket = Contended(conflicts=100)
    monkeypatch.setattr(objects, "aws_client", lambda _service: bucket)

    monkeypatch.setattr("tenacity.nap.time.sleep", lambda _seconds: None)

    with pytest.raises(Unavailable):
        ObjectStore(BUCKET).put_once("a/file", b"", content_type="text/plain")

    assert bucket.tries == 5


def test_an_object_is_stored_once(store: ObjectStore) -> None:
    assert [store.put_once("a/file", content, content_type="text/plain") for content in (b"1", b"2")] == [True, False]
    assert store.get("a/file") == b"1"


# Addresses


def test_what_an_address_gives_is_kept_by_no_cache(store: ObjectStore) -> None:
    url = store.download_url("a/file", seconds=60, content_type="application/pdf", disposition="inline")

    assert parse_qs(urlsplit(url).query)["response-cache-control"] == ["private, no-store"]
