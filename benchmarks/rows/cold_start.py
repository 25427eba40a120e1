"""What a new instance of a function pays before its first request."""

import json
from typing import ClassVar

from benchmarks.contacts.event import event_of
from benchmarks.meter import cost_of_program, unit
from benchmarks.packaged_tree import (
    FIRST_ANSWER,
    FUNCTION,
    INTERPRETER,
    ON_FASTAPI,
    ON_HERALD,
    environment,
    tree_with_bytecode,
    tree_without_bytecode,
)
from benchmarks.row import AtLeast, AtMost, CostRatio, NoBound

_UNIT = unit()[0].upper() + unit()[1:]
_FLOOR = """
from pydantic import BaseModel

class Line(BaseModel):
    name: str
    count: int

class Order(BaseModel):
    lines: list[Line]
    price: float | None = None

class Customer(BaseModel):
    name: str
    orders: list[Order]

import botocore.session
botocore.session.get_session().create_client("dynamodb")
"""


class ColdImport(CostRatio):
    what = "Cold import of an ordinary endpoint function, PynamoDB included"
    against = "Three pydantic models and a botocore DynamoDB client"
    bound = AtMost(1.2)
    how = (
        f"{_UNIT}, of a fresh interpreter that imports `functions/platform/auth/app.py` and makes the "
        "shared DynamoDB client, against one that does no more than the floor; both from one tree with bytecode."
    )

    def cost(self) -> float:
        return _cost(FUNCTION)

    def reference_cost(self) -> float:
        return _cost(_FLOOR)


class ContactsImport(CostRatio):
    what = "Cold import of a function with two routes, PynamoDB included"
    against = "The same function on FastAPI and Mangum"
    bound: ClassVar[AtMost | AtLeast | NoBound] = AtMost(0.8)
    how = (
        f"{_UNIT}, of a fresh interpreter that imports a function of `benchmarks/contacts` (the same pydantic models "
        "and routes, PyJWT on both sides) and makes its DynamoDB client, one as Herald does, one as botocore does; "
        "both from one tree with bytecode."
    )

    def cost(self) -> float:
        return _cost(ON_HERALD)

    def reference_cost(self) -> float:
        return _cost(ON_FASTAPI)


class FirstAnswer(ContactsImport):
    what = "The same, with the first answered POST"
    bound = NoBound()
    how = "As above; either framework builds some of its routes' validators only now."

    def cost(self) -> float:
        return _cost(ON_HERALD + FIRST_ANSWER)

    def reference_cost(self) -> float:
        return _cost(ON_FASTAPI + FIRST_ANSWER)


class PackagedImport(CostRatio):
    what = "Cold import as packaged, bytecode shipped"
    against = "The same without shipped bytecode"
    bound = AtMost(0.4)
    how = (
        f"{_UNIT}, of a fresh interpreter that imports the same function from a tree in which our code and "
        "third-party code have unchecked-hash `.pyc` files, against an equal tree of sources that nothing is "
        "written into."
    )

    def cost(self) -> float:
        return _cost(FUNCTION)

    def reference_cost(self) -> float:
        return cost_of_program(INTERPRETER, FUNCTION, environment(tree_without_bytecode()))


def _cost(program: str) -> float:
    settings = {**environment(tree_with_bytecode()), "EVENT": json.dumps(event_of("POST"))}
    return cost_of_program(INTERPRETER, program, settings)


ROWS = (ColdImport, ContactsImport, FirstAnswer, PackagedImport)
