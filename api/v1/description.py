"""The API with its description (OpenAPI 3.1), out of the same types that judge what is sent."""

import json
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser
from pydantic import Field

from api.v1 import counts, pupils, signals
from api.v1.problems import MEDIA_TYPE, OF_STATUS, PROBLEMS, Problem, errors_of

AT = "/api/v1"
# Problems that any call can meet; those that only one meets which sends something; and its own.
OF_ALL = ("no_token", "scope", "invalid", "too_often", "failed", "away")
OF_SENDING = ("bad_request", "too_large", "content_type")
OF_ITS_OWN = {"sendPupils": ("many_leave", "rows", "bsn"), "sendSignal": ("key_used", "unknown")}
# In one object that is sent.
MOST_NAMES = 20
DESCRIPTION = """
For the other systems of a school. Send JSON in UTF-8, and the token that the school's administrator
made for you (on the page "Connected systems"), as `Authorization: Bearer meldcode_…`. Each token is
of one school and may do what it was given; nothing here gives out a pupil, a signal or a case.

A refusal is a problem (RFC 9457): `code` says which, `errors` where. Its `detail` is Dutch or
English, by `Accept-Language`. After 429 wait as long as `Retry-After` says.
"""


class ErrorOut(Schema):
    """What is wrong in one place of what was sent."""

    pointer: str = Field(description="Where in the body, or which parameter (RFC 6901).")
    code: str
    detail: str


class ProblemOut(Schema):
    """Why a request was refused (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str = Field(json_schema_extra={"enum": list(PROBLEMS)})
    detail: str
    errors: list[ErrorOut]


class JsonParser(Parser):
    """JSON as the standard has it: without Python's NaN and Infinity.

    And without an object of more names than any of ours has, or with one name twice: two megabytes
    of names that nobody knows took seconds to refuse, one by one.
    """

    def parse_body(self, request: HttpRequest) -> Any:
        """Return what was sent. Whatever it raises, ninja says that it cannot be read (400)."""
        return json.loads(request.body, parse_constant=_no_number, object_pairs_hook=_few_names)


def _no_number(name: str) -> None:
    raise ValueError(name)


def _few_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(pairs) > MOST_NAMES or len(found) != len(pairs):
        raise ValueError("names")
    return found


class Api(NinjaAPI):
    """ninja's, with every refusal of ours in the description."""

    def get_openapi_schema(self, **kwargs: Any) -> dict[str, Any]:
        """Return the description."""
        schema = super().get_openapi_schema(path_prefix=AT)
        schemas = schema["components"]["schemas"]
        told = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update({**told.pop("$defs"), "Problem": told})
        # Named by its class, and one for all: which scope it takes stands with each operation.
        for methods in schema["paths"].values():
            for operation in methods.values():
                _complete(operation, self._scopes[operation["operationId"]])
        return schema

    @property
    def _scopes(self) -> dict[str, str]:
        return {
            operation.operation_id: operation.auth_callbacks[0].scope
            for router in self._get_bound_routers()
            for view in router.path_operations.values()
            for operation in view.operations
        }


def _complete(operation: dict[str, Any], scope: str) -> None:
    operation["security"] = [{"SchoolToken": [scope]}]
    sends = OF_SENDING if "requestBody" in operation else ()
    for code in (*OF_ALL, *sends, *OF_ITS_OWN.get(operation["operationId"], ())):
        status = PROBLEMS[code][0]
        said = operation["responses"].setdefault(status, _problem(status))
        said["description"] = ", ".join(filter(None, (said["description"], f"`{code}`")))


def _problem(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    said: dict[str, Any] = {"description": "", "content": {MEDIA_TYPE: {"schema": schema}}}
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        said["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
    return said


api = Api(
    title="Meldcode",
    version="1.0.0",
    description=DESCRIPTION,
    urls_namespace="api",
    docs_url=None,
    openapi_url=None,
    parser=JsonParser(),
)
for room in (pupils, signals, counts):
    api.add_router("", room.router)


@api.exception_handler(Problem)
def refuse(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Answer what one of us refused."""
    return problem.answer()


@api.exception_handler(HttpError)
def unread(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Answer what ninja refused."""
    return Problem(OF_STATUS[error.status_code]).answer()


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Answer what is not as the types say."""
    return Problem("invalid", errors_of(error.errors)).answer()
