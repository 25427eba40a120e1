"""What stands in a bucket."""

from herald.adapters.aws.client import aws_client


def etag_of(bucket: str, key: str) -> str:
    """An object's ETag as S3's events write it, without quotes."""
    return aws_client("s3").head_object(Bucket=bucket, Key=key)["ETag"].strip('"')


def keys_in(bucket: str) -> list[str]:
    """Every key of a (small) bucket."""
    return [entry["Key"] for entry in aws_client("s3").list_objects_v2(Bucket=bucket).get("Contents", [])]
