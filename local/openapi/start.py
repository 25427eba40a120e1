"""Where a newcomer begins: the document's first tag, with the calls from signing up to a report that is sent."""

from typing import Final

from local.openapi.errors import Json
from local.openapi.operations import Undescribable

TAG: Final = "Start here"
STEPS: Final = {
    "POST /api/v1/auth/register": (
        "Send `email`, `password` and `name`: you are the administrator of a new organisation. Every later call sends "
        "the answer's `token` as `Authorization: Bearer <token>`. Follow the link in the mail that comes and press its "
        "button: you can prepare everything before, but send nothing."
    ),
    "POST /api/v1/admin/upload/template": (
        "Send a form with `file`, a Word file with placeholders such as `{{ name }}`. Keep the answer's `id`; its "
        "`placeholders` are what was found."
    ),
    "POST /api/v1/admin/upload/excel": (
        "Send a form with `file`, an Excel file with a row for each person, and the `template_id`. It needs a column "
        "for each placeholder, one with phone numbers (`Phone`, such as +254712345678) and one with what each person "
        "opens their report with (`Password`). The answer is a batch, and the work begins; keep its `id`."
    ),
    "GET /api/v1/admin/batches/{batch_id}/status": (
        "Ask every few seconds until `status` is `completed`. `progress.failed` counts rows without a PDF; their "
        "reports say why. `failed` instead means that the workbook would not do: `problem` says why, and another one "
        "can be uploaded with the `batch_id`."
    ),
    "POST /api/v1/admin/batches/{batch_id}/send": (
        "Everybody gets a text with a link that opens their report with their password. Send an `Idempotency-Key`, so "
        "that repeating the call texts nobody twice. Where rows have no password, the answer is 422 `password_missing` "
        "until `POST /api/v1/admin/batches/{batch_id}/passwords` has made them."
    ),
}
"""What to know of each call, in their order."""


def add_start(document: Json) -> None:
    """Puts the tag before all others, and its calls under it too.

    Raises:
        Undescribable: One of the calls is no operation of the document any more.
    """
    operations = {
        f"{method.upper()} {path}": operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }
    lines = ["From nothing to reports on people's phones, in five calls:", ""]
    for number, (call, advice) in enumerate(STEPS.items(), start=1):
        operation = operations.get(call)
        if operation is None:
            raise Undescribable(f"{TAG}: there is no operation {call}; name the one that took its place.")
        operation["tags"] = [*operation["tags"], TAG]
        operation_id = operation["operationId"]
        lines.append(f"{number}. `{call}` ([{operation_id}](/redoc#operation/{operation_id})). {advice}")
    document["tags"] = [{"name": TAG, "description": "\n".join(lines)}, *document["tags"]]
