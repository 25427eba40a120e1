"""How the carrier treats each message: well by default, badly on request.

Three independent things can go wrong with a message, each an enum: the *answer* to the request that creates it,
the *outcome* of its delivery, and the *order* of its status callbacks. A ``Rule`` binds them to recipients.

Without a rule, a few recipients misbehave by themselves. The first five are Twilio's own test numbers; the others
end in the error code that follows. None is anybody's phone: area code 500 belongs to no place and no mobile.

| recipient     | what happens                                               |
|---------------|------------------------------------------------------------|
| +15005550001  | refused with 21211, invalid number                         |
| +15005550002  | refused with 21612, unroutable                             |
| +15005550003  | refused with 21408, region not permitted                   |
| +15005550004  | refused with 21610, unsubscribed                           |
| +15005550009  | refused with 21614, not a mobile number                    |
| +15005530003  | accepted, then undelivered with 30003, handset unreachable |
| +15005530005  | accepted, then undelivered with 30005, handset unknown     |
| +15005530006  | accepted, then undelivered with 30006, landline            |
| +15005530007  | accepted, then failed with 30007, filtered                 |
| +15005530008  | accepted, then failed with 30008, unknown error            |
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from local.carrier import problems
from local.carrier.messages import Status


class Answer(StrEnum):
    """What the request that creates a message is answered with."""

    ACCEPTED = "accepted"
    INVALID_NUMBER = "invalid_number"
    UNROUTABLE = "unroutable"
    REGION_NOT_PERMITTED = "region_not_permitted"
    UNSUBSCRIBED = "unsubscribed"
    NOT_MOBILE = "not_mobile"
    TOO_MANY_REQUESTS = "too_many_requests"
    SERVER_ERROR = "server_error"
    TIMEOUT = "timeout"
    """Nothing is accepted; the connection is held for ``hold_milliseconds`` and closed."""
    DROPPED = "dropped"
    """The message is accepted and carried; the connection is closed without an answer."""


REFUSALS: dict[Answer, problems.Problem] = {
    Answer.INVALID_NUMBER: problems.INVALID_RECIPIENT,
    Answer.UNROUTABLE: problems.UNROUTABLE,
    Answer.REGION_NOT_PERMITTED: problems.REGION_NOT_PERMITTED,
    Answer.UNSUBSCRIBED: problems.UNSUBSCRIBED,
    Answer.NOT_MOBILE: problems.NOT_MOBILE,
    Answer.TOO_MANY_REQUESTS: problems.TOO_MANY_REQUESTS,
    Answer.SERVER_ERROR: problems.SERVER_ERROR,
}


class Outcome(StrEnum):
    """What becomes of an accepted message."""

    DELIVERED = "delivered"
    UNCONFIRMED = "unconfirmed"
    UNREACHABLE_HANDSET = "unreachable_handset"
    UNKNOWN_HANDSET = "unknown_handset"
    LANDLINE = "landline"
    FILTERED = "filtered"
    UNKNOWN_ERROR = "unknown_error"


@dataclass(frozen=True)
class Lifecycle:
    """The statuses a message passes through, and the error it ends with, if any."""

    statuses: tuple[Status, ...]
    error_code: int | None = None
    error_message: str | None = None


_UNDELIVERED = (Status.QUEUED, Status.SENT, Status.UNDELIVERED)
_FAILED = (Status.QUEUED, Status.FAILED)

LIFECYCLES: dict[Outcome, Lifecycle] = {
    Outcome.DELIVERED: Lifecycle((Status.QUEUED, Status.SENT, Status.DELIVERED)),
    Outcome.UNCONFIRMED: Lifecycle((Status.QUEUED, Status.SENT)),
    Outcome.UNREACHABLE_HANDSET: Lifecycle(_UNDELIVERED, 30003, "Unreachable destination handset"),
    Outcome.UNKNOWN_HANDSET: Lifecycle(_UNDELIVERED, 30005, "Unknown destination handset"),
    Outcome.LANDLINE: Lifecycle(_UNDELIVERED, 30006, "Landline or unreachable carrier"),
    Outcome.FILTERED: Lifecycle(_FAILED, 30007, "Message filtered"),
    Outcome.UNKNOWN_ERROR: Lifecycle(_FAILED, 30008, "Unknown error"),
}


class CallbackOrder(StrEnum):
    """How the status callbacks of a message arrive."""

    IN_ORDER = "in_order"
    DUPLICATED = "duplicated"
    OUT_OF_ORDER = "out_of_order"
    """Last status first."""
    NONE = "none"

    def arrange(self, statuses: Iterable[Status]) -> list[Status]:
        """The statuses in the order the carrier announces them."""
        if self is CallbackOrder.OUT_OF_ORDER:
            return list(statuses)[::-1]
        if self is CallbackOrder.DUPLICATED:
            return [status for status in statuses for _ in range(2)]
        return list(statuses)


class Rule(BaseModel):
    """What happens to the messages of one recipient, or of everyone."""

    model_config = ConfigDict(extra="forbid")

    to: str | None = Field(default=None, max_length=64, description="The recipient as sent; everyone when left out.")
    times: int | None = Field(
        default=None, ge=1, description="For the next so many requests; until replaced if left out."
    )
    answer: Answer = Answer.ACCEPTED
    outcome: Outcome = Outcome.DELIVERED
    callbacks: CallbackOrder = CallbackOrder.IN_ORDER


_MAGIC_NUMBERS: dict[str, Rule] = {
    "+15005550001": Rule(answer=Answer.INVALID_NUMBER),
    "+15005550002": Rule(answer=Answer.UNROUTABLE),
    "+15005550003": Rule(answer=Answer.REGION_NOT_PERMITTED),
    "+15005550004": Rule(answer=Answer.UNSUBSCRIBED),
    "+15005550009": Rule(answer=Answer.NOT_MOBILE),
    "+15005530003": Rule(outcome=Outcome.UNREACHABLE_HANDSET),
    "+15005530005": Rule(outcome=Outcome.UNKNOWN_HANDSET),
    "+15005530006": Rule(outcome=Outcome.LANDLINE),
    "+15005530007": Rule(outcome=Outcome.FILTERED),
    "+15005530008": Rule(outcome=Outcome.UNKNOWN_ERROR),
}
_WELL_BEHAVED = Rule()


class Behaviour(BaseModel):
    """The whole conduct of the carrier, as ``PUT /behaviour`` sets it. The first rule that fits a message wins."""

    model_config = ConfigDict(extra="forbid")

    latency_milliseconds: int = Field(default=0, ge=0, le=600_000, description="Before the API acts and answers.")
    step_milliseconds: int = Field(default=20, ge=0, le=600_000, description="Before each status of a message.")
    hold_milliseconds: int = Field(default=60_000, ge=0, le=600_000, description="How long a timeout holds on.")
    rules: list[Rule] = Field(default_factory=list, max_length=1_000)

    def take_rule(self, recipient: str) -> Rule:
        """The rule for the next message to ``recipient``; a counted rule is used up by one."""
        for rule in self.rules:
            if rule.to in (None, recipient):
                self._count_down(rule)
                return rule
        return _MAGIC_NUMBERS.get(recipient, _WELL_BEHAVED)

    def _count_down(self, rule: Rule) -> None:
        if rule.times is None:
            return
        rule.times -= 1
        if rule.times == 0:
            self.rules = [other for other in self.rules if other is not rule]
