"""Files come and go in S3: read as the very version that was meant, and removed by the folder."""

from pathlib import Path

import pytest

from herald.adapters import objects
from herald.adapters.objects import ObjectStore
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
