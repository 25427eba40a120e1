"""Files come and go in S3: read as the very version that was meant, and removed by the folder."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.stub import Stubber

from herald.adapters.aws import client as aws
from herald.adapters.aws.objects import ObjectStore
from herald.errors import Conflict, NotFound, TooLarge, Unavailable
from tests.support.cloud import cloud, results_cloud
from tests.support.objects import etag_of, keys_in

__all__ = ["cloud", "results_cloud"]
BUCKET = "documents-bucket"


@pytest.fixture
def store(results_cloud: None) -> ObjectStore:
    return ObjectStore(BUCKET)


@pytest.fixture
def s3(results_cloud: None) -> Iterator[Stubber]:
    """S3 that gives the answers it is told to."""
    with Stubber(aws.aws_client("s3")) as stubber:
        yield stubber


def contend(s3: Stubber, tries: int) -> None:
    """Somebody else writes the same key, until the given number of tries."""
    for _ in range(tries):
        s3.add_client_error("put_object", "ConditionalRequestConflict", http_status_code=409)


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


def test_a_folder_is_emptied_in_bounded_parts(store: ObjectStore) -> None:
    put(store, *(f"a/{number}" for number in range(7)), "ab/1", "b/1")
    store = ObjectStore(BUCKET, keys_per_request=2)

    counts = [store.delete_under("a/", at_most=5) for _ in range(3)]

    assert counts == [5, 2, 0]
    assert keys_in(BUCKET) == ["ab/1", "b/1"]


def test_what_s3_does_not_remove_is_not_counted_as_removed(store: ObjectStore, s3: Stubber) -> None:
    s3.add_response("list_objects_v2", {"Contents": [{"Key": "a/1"}]})
    s3.add_response("delete_objects", {"Errors": [{"Key": "a/1", "Code": "InternalError"}]})

    with pytest.raises(Unavailable):
        store.delete_under("a/", at_most=5)


# Writers that meet


def test_an_object_that_another_is_writing_is_tried_again_after_growing_pauses(s3: Stubber) -> None:
    pauses = list[float]()
    contend(s3, 2)
    s3.add_response("put_object", {})

    assert ObjectStore(BUCKET, pause=pauses.append).put_once("a/file", b"", content_type="text/plain")
    assert all(pause <= longest for pause, longest in zip(pauses, (0.05, 0.1), strict=True))


def test_an_object_that_others_keep_writing_is_given_up_in_a_way_that_can_be_tried_again(s3: Stubber) -> None:
    contend(s3, 5)

    with pytest.raises(Unavailable):
        ObjectStore(BUCKET, pause=lambda _seconds: None).put_once("a/file", b"", content_type="text/plain")

    s3.assert_no_pending_responses()


def test_an_object_is_stored_once(store: ObjectStore) -> None:
    assert [store.put_once("a/file", content, content_type="text/plain") for content in (b"1", b"2")] == [True, False]
    assert store.get("a/file") == b"1"


# Addresses


def test_an_address_takes_what_it_was_signed_for_and_nothing_else(store: ObjectStore) -> None:
    sized = store.upload_url("1.xlsx", seconds=900, content_type="application/zip", size=12)
    unsized = store.upload_url("1.xlsx", seconds=900, content_type="application/zip")

    signed = [parse_qs(urlsplit(address).query)["X-Amz-SignedHeaders"] for address in (sized, unsized)]
    assert signed == [["content-length;content-type;host"], ["content-type;host"]]
    assert "X-Amz-Expires=900" in sized


def test_what_an_address_gives_is_kept_by_no_cache(store: ObjectStore) -> None:
    url = store.download_url("a/file", seconds=60, content_type="application/pdf", disposition="inline")

    assert parse_qs(urlsplit(url).query)["response-cache-control"] == ["private, no-store"]
