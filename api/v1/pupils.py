"""The list of pupils out of the school's administration: the same plan as that of a file."""

from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Schema
from pydantic import FailFast, Field

from accounts.models import School
from accounts.tables import Table, TableRow
from api.models import ApiToken
from api.scopes import PUPILS_WRITE
from api.v1.fields import Day, Number, Sent, Text, Yes
from api.v1.problems import Error, Problem
from api.v1.tokens import SchoolToken, call
from audit.kinds import Kind
from audit.log import record_read
from cases.imports.applying import known_at, write
from cases.imports.fields import BORN, CLASS, FAMILY, GIVEN, KEY, PREFIX
from cases.imports.leaving import wrong_day
from cases.imports.plan import Plan, plan
from cases.imports.read import Read, read_columns, without_bsn

# In one call: no Dutch school has more, and it stays below what one request may hold.
MOST = 5_000
# Of a value: what is too long for its field is told by the plan, in its words.
LONGEST = 300
# Our name → the plan's.
COLUMNS = {
    "number": KEY,
    "given_name": GIVEN,
    "prefix": PREFIX,
    "family_name": FAMILY,
    "birth_date": BORN,
    "class_name": CLASS,
}
# The plan's fields in a problem → ours.
FIELDS = {"no_given": "/given_name", "no_family": "/family_name",
          "not_born": "/birth_date", "too_old": "/birth_date"}  # fmt: skip

router = Router(tags=["pupils"])
Short = Annotated[Text, Field(max_length=LONGEST)]


class PupilIn(Sent):
    """A pupil. What is empty or missing takes nothing away from what Meldcode has."""

    number: Short = Field("", description="Their number in the administration; never a BSN.")
    given_name: Short = Field(description="First name as called.")
    prefix: Short = Field("", description="As in “van der”.")
    family_name: Short
    birth_date: Day | None = Field(None, description="Needed where there is no number.")
    class_name: Short = Field("", description="Class or group.")


class PupilsIn(Sent):
    """A list of pupils: all of the school, or some."""

    # The first that is not as described is told, and no other: what is wrong in the same way five
    # thousand times took seconds to say.
    pupils: Annotated[list[PupilIn], FailFast()] = Field(min_length=1, max_length=MOST)
    full_list: Yes = Field(
        False, description="These are all pupils: who is missing left on `left_on`."
    )
    left_on: Day | None = Field(
        None,
        description="Needed with `full_list`; not in the future, and not more than ten months ago.",
    )
    leaving: Annotated[Number, Field(ge=0)] | None = Field(
        None,
        description="How many leave, by a dry run. Needed where that is more than a quarter.",
    )

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "pupils": [
                        {
                            "number": "20417",
                            "given_name": "Ties",
                            "prefix": "van den",
                            "family_name": "Voorbeeld",
                            "birth_date": "2014-03-09",
                            "class_name": "7A",
                        }
                    ],
                    "full_list": False,
                }
            ]
        }
    }


class Counts(Schema):
    """How many pupils of the list are what. One can count in several."""

    new: int
    moved: int = Field(description="To another class.")
    renamed: int = Field(description="Another name or birth date.")
    linked: int = Field(description="Were known by name, and have their number now.")
    returned: int = Field(description="Had left, and are back.")
    left: int
    unchanged: int


class PupilsOut(Schema):
    """What a list changed, or would change."""

    applied: bool = Field(description="False: a dry run, and nothing changed.")
    counts: Counts


@router.put(
    "/pupils",
    auth=SchoolToken(PUPILS_WRITE, asks=("dry_run",), is_long=True),
    response=PupilsOut,
    operation_id="sendPupils",
    summary="Send a list of pupils",
    url_name="pupils",
)
def send_pupils(
    request: HttpRequest, content: PupilsIn, dry_run: Literal["true", "false"] = "false"
) -> PupilsOut | HttpResponse:
    """Bring the school's pupils in line with a list: all of it, or, where one row is not certain,
    nothing. Sent again, it changes nothing more. A pupil is known by their number, or else by name
    and birth date; nobody is removed, and no pupil is given back.
    """
    token: ApiToken = request.auth
    read, tried = _read(content), dry_run == "true"
    with call(token, is_long=True):
        # Of two lists of a school the second sees what the first did.
        school = School.objects.select_for_update(no_key=True).get(pk=token.school_id)
        made = plan(
            read, known_at(school.pk), {}, full_list=content.full_list, left_on=content.left_on
        )
        refused = _refused(made, content, tried=tried)
        if not (refused or tried):
            write(made, school, None)
        tried = tried or refused is not None
        record_read(None, token, kind=Kind.PUPILS_TRIED if tried else Kind.PUPILS_SENT)
    if refused:
        return refused.answer()
    counts = made.counts()
    counts.pop("problems")
    return PupilsOut(applied=not tried, counts=Counts(**counts))


def _read(content: PupilsIn) -> Read:
    """Return the rows of a list, as a file has them. Raises ``Problem`` for what nobody takes."""
    if content.full_list and (wrong := wrong_day(content.left_on, timezone.localdate())):
        raise Problem("invalid", [Error("/left_on", "left_on", wrong)])
    rows = tuple(
        TableRow(number, tuple(_cell(getattr(pupil, name)) for name in COLUMNS))
        for number, pupil in enumerate(content.pupils, start=1)
    )
    table, bsn = without_bsn(Table(tuple(COLUMNS), rows))
    if bsn:
        raise Problem("bsn")
    places = {code: place for place, code in enumerate(COLUMNS.values())}
    return read_columns(table, places, (), timezone.localdate())


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def _refused(made: Plan, content: PupilsIn, *, tried: bool) -> Problem | None:
    """Return why a plan is not applied; None: it can be."""
    if made.problems:
        return Problem(
            "rows",
            (
                Error(f"/pupils/{one.line - 1}{FIELDS.get(one.code, '')}", one.code, one.reason)
                for one in made.problems
            ),
        )
    if made.many_leave and not tried and content.leaving != len(made.left):
        return Problem("many_leave")
    return None
