"""Every answer that is not the one asked for: a problem (RFC 9457), and THE table of them.

No value that was sent comes back in one, and nothing of how Meldcode is made.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from django.http import HttpResponse, JsonResponse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

MEDIA_TYPE = "application/problem+json"
# Of one request: more are the same fault again.
ERRORS_SHOWN = 100

# Code → status, and what it says.
# fmt: off
PROBLEMS: dict[str, tuple[int, Promise]] = {
    "bad_request":   (400, _("This request cannot be read. Send JSON in UTF-8, as the description "
                             "says.")),
    "no_token":      (401, _("No token came along that works: it is missing, wrong, over or "
                             "revoked.")),
    "scope":         (403, _("This token may not do this. An administrator of the school can make "
                             "one that may.")),
    "not_there":     (404, _("There is nothing at this address.")),
    "method":        (405, _("This address does not take this method.")),
    "many_leave":    (409, _("More than a quarter of the school's pupils would leave. Is that "
                             "right? Send their number as “leaving”.")),
    "key_used":      (409, _("This idempotency key was used for something else. Take a new one for "
                             "each signal.")),
    "too_large":     (413, _("This is too large. Send it in parts.")),
    "content_type":  (415, _("Send JSON, with the content type application/json.")),
    "invalid":       (422, _("What was sent is not as the description asks. Nothing was done.")),
    "rows":          (422, _("Some pupils in this list cannot be taken. Nothing was done.")),
    "bsn":           (422, _("These look like citizen service numbers (BSN), which Meldcode never "
                             "takes. Nothing was done.")),
    "unknown":       (422, _("The author or the pupil is not known at this school, or may not be "
                             "named here. Nothing was kept: log the signal in Meldcode.")),
    "too_often":     (429, _("This was asked too often. Wait as long as Retry-After says.")),
    "failed":        (500, _("Something went wrong here. Try again later.")),
    "away":          (503, _("Meldcode is away for a moment. Try again later.")),
}
# fmt: on
OF_STATUS = {
    400: "bad_request",
    401: "no_token",
    404: "not_there",
    405: "method",
    413: "too_large",
    415: "content_type",
    429: "too_often",
    500: "failed",
    503: "away",
}


@dataclass(frozen=True, slots=True)
class Error:
    """What is wrong in one place of what was sent. ``pointer``: which (RFC 6901)."""

    pointer: str
    code: str
    detail: str


class Problem(Exception):
    """A request that is refused."""

    def __init__(
        self, code: str, errors: Iterable[Error] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(code)
        self.code, self.errors, self.headers = code, list(errors), headers or {}

    def answer(self) -> HttpResponse:
        """Return the answer that says so, in the language that was asked for."""
        status, detail = PROBLEMS[self.code]
        said = {
            "type": "about:blank",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "code": self.code,
            "detail": str(detail),
            "errors": [
                {"pointer": one.pointer, "code": one.code, "detail": one.detail}
                for one in self.errors[:ERRORS_SHOWN]
            ],
        }
        response = JsonResponse(said, status=status, content_type=MEDIA_TYPE)
        response.headers["Content-Language"] = get_language()
        if status == HTTPStatus.UNAUTHORIZED:
            response.headers["WWW-Authenticate"] = 'Bearer realm="Meldcode"'
        for name, value in self.headers.items():
            response.headers[name] = value
        return response


# What pydantic calls it → how we say it; others are said by the last.
WRONG: dict[str, Promise] = {
    "missing": _("This is missing."),
    "extra_forbidden": _("There is something here that the description does not know."),
    "string_too_long": _("This text is too long."),
    "string_too_short": _("This text is too short."),
    "too_long": _("This list is too long."),
    "too_short": _("This list is too short."),
    "day": _("This is no day. Write it as 2015-12-31."),
    "moment": _("This is no moment. Write it as 2026-11-27T10:15:00+01:00."),
    "text": _("This text holds a character that cannot be stored."),
    "": _("This is not as the description asks."),
}


def errors_of(found: Iterable[Mapping]) -> list[Error]:
    """Return pydantic's errors in our words. A name that the description does not know is no part
    of an answer: the place that holds it is.
    """
    errors = []
    for one in found:
        where = list(one["loc"])[1:]
        # The body is one parameter, whose name is ours.
        if one["loc"][0] == "body" and where:
            where = where[1:]
        if one["type"] == "extra_forbidden":
            where = where[:-1]
        code = one["type"] if one["type"] in WRONG else "invalid"
        errors.append(Error(_pointer(where), code, str(WRONG.get(code, WRONG[""]))))
    # The same place is told of once, however many names nobody knows stand there.
    return list(dict.fromkeys(errors))


def _pointer(where: Iterable[str | int]) -> str:
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in where)
    return "".join(f"/{step}" for step in steps)
