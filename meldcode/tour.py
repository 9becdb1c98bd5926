"""The tour of the five steps: one stop each. Its names, periods and rules come from the protocol.

What is typed here is what no other table says: what one does, what Meldcode does, and an example.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import access
from accounts.access import SIGNED_IN, Permission, Scope, open_to
from accounts.roles import Role
from cases.protocol import PERIODS, RULES, STEPS


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop: of which step, who does it (by permission), and rows of PERIODS, in order."""

    step: str
    done_by: Permission
    periods: tuple[str, ...]
    asks: Promise
    does: Promise
    example: Promise


# fmt: off
STOPS: tuple[Stop, ...] = (
    Stop("map", Permission.LOG_SIGNAL, ("watchful", "ask"),
         asks=_(
             "You write down what you saw or heard: what, when and where. What you think of it "
             "stands apart. You do not have to be sure."),
         does=_(
             "Meldcode puts signals about the same pupil together and shows them to the care team. "
             "You see your own. When something cannot wait, it says so at once, with whom to "
             "call."),
         example=_(
             "For the third time Jesse, of nine, has no food with him. He sleeps during reading. "
             "His teacher writes down on which days, and what he said: “Mum was still in bed.”")),
    Stop("consult", Permission.ASK_CONSULTATION, ("consult", "invite"),
         asks=_(
             "You do not carry it alone. You think it over with a colleague of the care team, with "
             "the family worker, or with Veilig Thuis. You can ask for advice without a name."),
         does=_(
             "Meldcode invites whom you choose, and shows you beforehand exactly what they will "
             "see. It keeps the advice, and asks what you agreed on."),
         example=_(
             "The care coordinator sees a second signal, of the gym teacher. She asks Noor, the "
             "family worker, without names. Noor advises to talk openly with his mother first.")),
    Stop("talk", Permission.MOVE_CASE, ("talk",),
         asks=_(
             "You talk with the pupil and the parents: you say what you noticed, you ask and you "
             "listen. Is that not safe now? Then ask Veilig Thuis first, and write down why you "
             "wait."),
         does=_(
             "Meldcode has a sheet to prepare the talk with, by the pupil's age. Afterwards you "
             "write down what was said, and whether they want help."),
         example=_(
             "His teacher and the care coordinator tell Jesse's mother what they noticed. She "
             "works at night since her divorce and is startled. She would like somebody to help.")),
    Stop("weigh", Permission.MOVE_CASE, ("weigh",),
         asks=_(
             "You weigh how serious it is, together with the family worker or Veilig Thuis. Is "
             "there a suspicion of violence or neglect? Is it unsafe now, or again and again?"),
         does=_(
             "Meldcode asks the questions of the weighing framework one by one, only those that "
             "follow from your answers. It shows at once what each answer leads to."),
         example=_(
             "There is a suspicion of neglect. With Noor they find no danger now and no pattern of "
             "unsafety: it began this autumn, and his mother accepts help.")),
    Stop("decide", Permission.MOVE_CASE, ("decide", "walk"),
         asks=_(
             "You take two decisions, each with grounds: is it necessary to report, and can help "
             "be given or organised? There is no duty to report."),
         does=_(
             "Meldcode derives both decisions from the weighing. You may decide otherwise, with "
             "grounds. After that it helps with the help plan, the referral or the report, and "
             "asks in time whether the help works."),
         example=_(
             "Reporting is not necessary. Noor comes to the house, and Jesse has breakfast at "
             "school. After six weeks he is awake again. The school closes the case, and keeps "
             "watching.")),
)
# fmt: on

# What a scope says of somebody in a role, where it is less than the whole school.
ONLY_WHO: dict[Scope, Promise | str] = {
    Scope.SCHOOL: "",
    Scope.TAKES_PART: _("who takes part in the case"),
    Scope.HANDED_OVER: _("to whom the case was handed over"),
}


@open_to(SIGNED_IN)
def tour(request: HttpRequest, number: int = 1) -> HttpResponse:
    """Show one of the five steps: who does what within which period, with an example."""
    if not 1 <= number <= len(STEPS):
        raise Http404
    step, stop = STEPS[number - 1], STOPS[number - 1]
    return render(
        request,
        "guide/tour.html",
        {
            "steps": STEPS,
            "step": step,
            "stop": stop,
            "who": list(_who(stop)),
            "periods": [PERIODS[code] for code in stop.periods],
            "rules": sum(rule.step == step.number for rule in RULES),
            "before": number - 1,
            "after": number + 1 if number < len(STEPS) else None,
        },
    )


def _who(stop: Stop) -> Iterator[tuple[Promise | str, Promise | str]]:
    """Yield who does it: a role, and which of them; whoever may always first."""
    found = [(role, access.scope(role, stop.done_by)) for role in access.ROLES]
    for role, scope in sorted(found, key=lambda row: -row[1]):
        if scope > Scope.NONE:
            yield Role(role).label, ONLY_WHO[scope]
