"""Objects in S3: small ones as bytes, workbooks as files, and URLs that let a browser come and go by itself."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from herald.adapters.aws.client import aws_client
from herald.errors import Conflict, NotFound, TooLarge, Unavailable

if TYPE_CHECKING:
    from types_boto3_s3.type_defs import PutObjectRequestTypeDef

_PRECONDITION_FAILED = {"PreconditionFailed", "412"}
_CONFLICT = {"ConditionalRequestConflict", "409"}
"""Somebody writes the same key at this moment; S3's documentation says to try again."""
_MISSING = {"NoSuchKey", "404"}
"""Said only to who may list the bucket; anybody else is told AccessDenied."""
_ATTEMPTS = 5
"""At a key that somebody else is writing."""
KEYS_PER_REQUEST = 1000
"""S3's limit for ListObjectsV2 and DeleteObjects."""


class ObjectStore:
    """One bucket."""

    def __init__(
        self, bucket: str, *, pause: Callable[[float], None] = time.sleep, keys_per_request: int = KEYS_PER_REQUEST
    ) -> None:
        self._bucket = bucket
        self._pause = pause
        self._keys_per_request = keys_per_request

    def put(self, key: str, content: bytes, *, content_type: str) -> None:
        """Stores an object, over what was there."""
        aws_client("s3").put_object(Bucket=self._bucket, Key=key, Body=content, ContentType=content_type)

    def put_once(self, key: str, content: bytes, *, content_type: str, tags: Mapping[str, str] | None = None) -> bool:
        """Stores an object unless its key is taken; False where it was.

        ``tags`` are what lifecycle rules go by; giving any takes a permission of its own (s3:PutObjectTagging).

        Raises:
            Unavailable: others wrote the same key at each of several tries.
        """
        from tenacity import RetryError, Retrying, retry_if_result, stop_after_attempt, wait_random_exponential

        options: PutObjectRequestTypeDef = {
            "Bucket": self._bucket,
            "Key": key,
            "Body": content,
            "ContentType": content_type,
            "IfNoneMatch": "*",
        }
        if tags:
            options["Tagging"] = urlencode(tags)
        attempts = Retrying(
            retry=retry_if_result(lambda stored: stored is None),
            stop=stop_after_attempt(_ATTEMPTS),
            wait=wait_random_exponential(multiplier=0.05),
            sleep=self._pause,
        )
        try:
            return bool(attempts(_put_if_free, options))
        except RetryError as error:
            raise Unavailable("Somebody else is writing the same file; try again.", code="object_contended") from error

    def delete(self, key: str) -> None:
        """Removes an object; harmless where there is none."""
        aws_client("s3").delete_object(Bucket=self._bucket, Key=key)

    def get(self, key: str) -> bytes:
        """An object's content.

        Raises:
            NotFound: there is no such object.
        """
        from botocore.exceptions import ClientError

        try:
            return aws_client("s3").get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                raise NotFound("The file is not there any more.") from error
            raise

    def get_bounded(self, key: str, *, at_most: int) -> bytes:
        """The content of an object that a stranger put there.

        Raises:
            NotFound: there is no such object.
            TooLarge: it has more than ``at_most`` bytes; nothing was read of it.
        """
        from botocore.exceptions import ClientError

        try:
            answer = aws_client("s3").get_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                raise NotFound("The file is not there any more.") from error
            raise
        if answer["ContentLength"] > at_most:
            raise TooLarge(f"The file is larger than {at_most // (1024 * 1024)} MB.")
        return answer["Body"].read(at_most)

    def download(self, key: str, path: Path, *, etag: str, at_most: int) -> None:
        """One version of an object, which its ETag names, into a file.

        Raises:
            NotFound: there is no such object.
            Conflict: it was replaced by another (``object_replaced``).
            TooLarge: it has more than ``at_most`` bytes; nothing was read of it.
        """
        from botocore.exceptions import ClientError

        try:
            answer = aws_client("s3").get_object(Bucket=self._bucket, Key=key, IfMatch=f'"{etag}"')
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                raise NotFound("The file is not there any more.") from error
            if error.response["Error"]["Code"] in _PRECONDITION_FAILED:
                raise Conflict("The file was replaced by another.", code="object_replaced") from error
            raise
        if answer["ContentLength"] > at_most:
            raise TooLarge(f"The file is larger than {at_most // (1024 * 1024)} MB.")
        with path.open("wb") as file:
            for part in answer["Body"].iter_chunks(1024 * 1024):
                file.write(part)

    def delete_under(self, prefix: str, *, at_most: int) -> int:
        """Removes objects whose keys begin with ``prefix``, a thousand per request; gives how many there were.

        Fewer than ``at_most`` means that none is left.

        Raises:
            Unavailable: S3 did not remove some of them; doing it again is safe.
        """
        removed = 0
        while removed < at_most:
            found = aws_client("s3").list_objects_v2(
                Bucket=self._bucket, Prefix=prefix, MaxKeys=min(self._keys_per_request, at_most - removed)
            )
            keys = [entry["Key"] for entry in found.get("Contents", [])]
            if not keys:
                break
            self.delete_many(keys)
            removed += len(keys)
        return removed

    def delete_many(self, keys: Sequence[str]) -> None:
        """Removes up to a thousand objects with one request; harmless for those there are not.

        Raises:
            Unavailable: S3 did not remove some of them; doing it again is safe.
        """
        answer = aws_client("s3").delete_objects(
            Bucket=self._bucket, Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True}
        )
        if answer.get("Errors"):
            raise Unavailable("Some files could not be removed; try again.", code="objects_not_removed")

    def upload_url(self, key: str, *, seconds: int, content_type: str, size: int | None = None) -> str:
        """A URL that takes PUTs of the object's content, of this type, and of this many bytes where it is told.

        Both are signed: S3 refuses anything else.
        """
        params: dict[str, object] = {"Bucket": self._bucket, "Key": key, "ContentType": content_type}
        if size is not None:
            params["ContentLength"] = size
        return aws_client("s3").generate_presigned_url("put_object", Params=params, ExpiresIn=seconds)

    def download_url(self, key: str, *, seconds: int, content_type: str, disposition: str) -> str:
        """A URL that gives the object once or more within its time, shown or saved as ``disposition`` says.

        No cache keeps what it gave.
        """
        return aws_client("s3").generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._bucket,
                "Key": key,
                "ResponseContentType": content_type,
                "ResponseContentDisposition": disposition,
                "ResponseCacheControl": "private, no-store",
            },
            ExpiresIn=seconds,
        )


def _put_if_free(options: "PutObjectRequestTypeDef") -> bool | None:
    """Whether the object was stored; None where S3 cannot tell, as another one is being stored."""
    from botocore.exceptions import ClientError

    try:
        aws_client("s3").put_object(**options)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in _PRECONDITION_FAILED:
            return False
        if code in _CONFLICT:
            return None
        raise
    return True
