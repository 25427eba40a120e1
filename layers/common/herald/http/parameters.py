"""Query parameters that mean the same at every list."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from herald.values.page import DEEPEST_PAGE, LARGEST_PAGE_SIZE

PageSize = Annotated[int, Query(ge=1, le=LARGEST_PAGE_SIZE, description="How many to list at most.")]
PageNumber = Annotated[int, Query(ge=1, le=DEEPEST_PAGE, description="Which page, from 1.")]
Cursor = Annotated[
    str | None,
    Query(max_length=200, description="The `next_cursor` of the page before, with the same filters; none to begin."),
]
