"""A signal out of another system, in the name of a colleague: the same rules as the form's."""

from typing import Annotated, Any, Literal
from uuid import UUID, uuid5

from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, QueryDict
from ninja import Header, Router, Schema, Status
from pydantic import Field

from accounts import access
from accounts.access import Permission, Scope
from accounts.forms import LONG_TEXT
from accounts.models import Membership, User
from api.kinds import SIGNAL_CAME_IN
from api.models import ApiToken
from api.scopes import SIGNALS_WRITE
from api.v1.fields import Moment, Sent, Text
from api.v1.problems import Error, Problem
from api.v1.tokens import SchoolToken, call
from audit.about import by_system
from audit.kinds import Kind
from audit.log import record_read
from cases.models import Pupil
from cases.notifications.telling import notify
from signals.actions import file_signal, is_severe, with_injury
from signals.categories import BY_CODE
from signals.forms import ACUTE, NORMAL, SEVERE, SignalFields
from signals.models import Signal

Category = Literal[tuple(BY_CODE)]
Long = Annotated[Text, Field(max_length=LONG_TEXT)]
# What a signal says, by the names of the form; all of it is compared when it comes once more.
TEXTS = ("facts", "child_words", "hearsay_from", "interpretation", "place")

router = Router(tags=["signals"])


class SignalIn(Sent):
    """A signal: what somebody saw, heard or was told. Facts, words and opinion stand apart.

    What points at somebody who works at the school, and what was seen on a body, is logged in
    Meldcode itself.
    """

    author: Annotated[Text, Field(min_length=3, max_length=254)] = Field(
        description="E-mail address, in Meldcode, of the colleague who saw it. They are told."
    )
    pupil: Annotated[Text, Field(min_length=1, max_length=80)] = Field(
        description="The pupil's number in the administration."
    )
    observed_at: Moment = Field(description="When it was; not in the future.")
    facts: Long = Field("", description="What a camera would have recorded. This or `child_words`.")
    child_words: Long = Field("", description="What the pupil said, word for word.")
    hearsay_from: Annotated[Text, Field(max_length=160)] = Field(
        "", description="From whom the author heard it."
    )
    interpretation: Long = Field("", description="What the author makes of it.")
    place: Annotated[Text, Field(max_length=120)] = Field("", description="Where it was.")
    categories: list[Category] = Field(
        default_factory=list, max_length=len(BY_CODE), description="What it is about."
    )
    urgency: Literal[NORMAL, SEVERE, ACUTE] = Field(
        NORMAL, description="`acute`: there is danger right now. Call 112 or Veilig Thuis first."
    )

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "author": "docent@school.example",
                    "pupil": "20417",
                    "observed_at": "2026-11-26T10:15:00+01:00",
                    "facts": "Valt in de kring in slaap, voor de derde keer deze week.",
                    "place": "In de klas",
                    "categories": ["tired"],
                    "urgency": "normal",
                }
            ]
        }
    }


class SignalOut(Schema):
    """That a signal was taken."""

    reference: str = Field(description="By which its author finds it. It says nothing of a pupil.")


@router.post(
    "/signals",
    auth=SchoolToken(SIGNALS_WRITE),
    response={201: SignalOut, 200: SignalOut},
    operation_id="sendSignal",
    summary="Send a signal",
    url_name="signals",
)
def send_signal(
    request: HttpRequest,
    content: SignalIn,
    key: Annotated[
        UUID,
        Header(
            alias="Idempotency-Key",
            description="A new UUID for each signal; the same one when it is sent again.",
        ),
    ],
) -> Status | HttpResponse:
    """File a signal in the name of a colleague. Sent again with its key, it is there once (200).

    Keep it in your system until it was answered 200 or 201, and show its author when it was not.
    """
    token: ApiToken = request.auth
    author, pupil = _author(token, content.author), _pupil(token, content.pupil)
    fields = _fields(content, author)
    key = uuid5(token.public_id, str(key))
    # With nothing in hand: the author saves something meanwhile. Without one nothing is filed, and
    # how long it takes would tell of whom nobody hears that they were asked about.
    sent = Signal.objects.filter(idempotency_key=key)
    if author is not None and pupil is not None and not sent.exists():
        _wait_for(token, pupil)
    signal = None
    with call(token, *filter(None, [author])):
        before = sent.select_related("case").first()
        if before is None:
            signal = _file(token, author, pupil, key, fields)
        elif author is not None and pupil is not None and _says(before, author, pupil, fields):
            return Status(200, SignalOut(reference=before.reference))
        record_read(None, token, kind=Kind.SIGNAL_SENT if signal else Kind.SIGNAL_REFUSED)
    if signal is None:
        return Problem("unknown" if before is None else "key_used").answer()
    return Status(201, SignalOut(reference=signal.reference))


def _wait_for(token: ApiToken, pupil: Pupil) -> None:
    """Wait until no list holds a pupil. Raises ``OperationalError`` where that takes too long.

    Then it leaves a row: it told that this is one, and no signal stands of which an author hears.
    """
    try:
        Pupil.objects.wait_for(pupil.pk)
    except OperationalError:
        with by_system(token.name):
            record_read(None, token, kind=Kind.SIGNAL_REFUSED)
        raise


def _file(
    token: ApiToken, author: User | None, pupil: Pupil | None, key: UUID, fields: dict[str, Any]
) -> Signal | None:
    """File a signal, and tell whoever is its author; None where one of the two is nobody here."""
    if author is None or pupil is None:
        return None
    try:
        signal = file_signal(pupil, author, key, came_in_by=token.name, **fields)
    except PermissionDenied:  # the role ended, or the pupil left, at this moment
        return None
    about = signal.reference
    notify(SIGNAL_CAME_IN, [author.pk], about, about=about, case=signal.case)
    return signal


def _author(token: ApiToken, email: str) -> User | None:
    """Return who is present at the school and may log signals there."""
    roles = access.roles_at(Permission.LOG_SIGNAL, Scope.SCHOOL)
    here = Membership.objects.current().filter(school=token.school_id, role__in=roles)
    return User.objects.filter(email=email.lower(), pk__in=here.values("user")).first()


def _pupil(token: ApiToken, number: str) -> Pupil | None:
    here = Pupil.objects.filter(school=token.school_id, left_on__isnull=True)
    return here.filter(administration_key=number).first()


def _fields(content: SignalIn, author: User | None) -> dict[str, Any]:
    """Return what the action takes, as the form judges it. Raises ``Problem``.

    Judged first: what is not right as a signal finds out nothing about author and pupil.
    """
    data = QueryDict(mutable=True)
    data.update({name: getattr(content, name) for name in (*TEXTS, "urgency")})
    data["observed_at"] = content.observed_at.isoformat()
    data.setlist("categories", content.categories)
    form = SignalFields(data, user=author or User(pk=0))
    if not form.is_valid():
        raise Problem(
            "invalid",
            (
                Error(f"/{name}", str(one.code or "invalid"), str(next(iter(one))))
                for name, errors in form.errors.as_data().items()
                for one in errors
            ),
        )
    return form.signal_fields()


def _says(signal: Signal, author: User, pupil: Pupil, fields: dict[str, Any]) -> bool:
    """Tell whether a signal that was filed says what is sent now."""
    about = with_injury(fields["categories"], fields["marks"])
    severe = is_severe(severe=fields["severe"], acute=fields["acute"], categories=about)
    return (
        (signal.author_id, signal.case.pupil_id) == (author.pk, pupil.pk)
        and (signal.severe, signal.acute) == (severe, fields["acute"])
        and signal.observed_at == fields["observed_at"]
        and all(getattr(signal, name) == fields[name] for name in TEXTS)
        and {one.code for one in signal.categories.all()} == about
    )
