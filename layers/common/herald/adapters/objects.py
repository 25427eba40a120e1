"""Objects in S3: small ones as bytes, workbooks as files, and URLs that let a browser come and go by itself."""

from pathlib import Path

from herald.adapters.aws import aws_client
from herald.errors import NotFound, TooLarge

_PRECONDITION_FAILED = {"PreconditionFailed", "412"}
_MISSING = {"NoSuchKey", "404"}


class ObjectStore:
    """One bucket."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def put(self, key: str, content: bytes, *, content_type: str) -> None:
        """Stores an object, over what was there."""
        aws_client("s3").put_object(Bucket=self._bucket, Key=key, Body=content, ContentType=content_type)

    def put_once(self, key: str, content: bytes, *, content_type: str) -> bool:
        """Stores an object unless its key is taken; False where it was."""
        from botocore.exceptions import ClientError

        try:
            aws_client("s3").put_object(
                Bucket=self._bucket, Key=key, Body=content, ContentType=content_type, IfNoneMatch="*"
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in _PRECONDITION_FAILED:
                return False
            raise
        return True

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

    def download(self, key: str, path: Path, *, at_most: int) -> None:
        """An object into a file.

        Raises:
            TooLarge: it has more than ``at_most`` bytes; nothing was read of it.
        """
        answer = aws_client("s3").get_object(Bucket=self._bucket, Key=key)
        if answer["ContentLength"] > at_most:
            raise TooLarge(f"The file is larger than {at_most // (1024 * 1024)} MB.")
        with path.open("wb") as file:
            for part in answer["Body"].iter_chunks(1024 * 1024):
                file.write(part)

    def upload_url(self, key: str, *, seconds: int) -> str:
        """A URL that takes one PUT of the object's content."""
        return aws_client("s3").generate_presigned_url(
            "put_object", Params={"Bucket": self._bucket, "Key": key}, ExpiresIn=seconds
        )

    def download_url(self, key: str, *, seconds: int, content_type: str, disposition: str) -> str:
        """A URL that gives the object once or more within its time, shown or saved as ``disposition`` says."""
        return aws_client("s3").generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._bucket,
                "Key": key,
                "ResponseContentType": content_type,
                "ResponseContentDisposition": disposition,
            },
            ExpiresIn=seconds,
        )
