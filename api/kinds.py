"""What people are told of other systems (``cases.notifications.kinds``)."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import access
from accounts.access import Permission
from accounts.models import Membership, User
from api.models import ApiToken
from cases.models import Notification
from cases.notifications.kinds import Kind, Sight, no_reference
from signals.kinds import own_signal, signal_page, signal_reference

TOKEN_MADE, TOKEN_ALONE, SIGNAL_CAME_IN = "token_made", "token_alone", "signal_came_in"


def sees_systems(sight: Sight) -> Q:
    """Those about schools whose systems the person sees."""
    schools = access.school_ids(sight.person, Permission.SEE_SYSTEMS)
    return Q(about__in=[str(pk) for pk in schools])


def manages_systems(sight: Sight) -> Q:
    """Those about schools whose systems the person looks after."""
    schools = access.school_ids(sight.person, Permission.MANAGE_SYSTEMS)
    return Q(about__in=[str(pk) for pk in schools])


def alone_still(person: User, notifications: Iterable[Notification]) -> set[int]:
    """Return the keys of those about schools where a token works that nobody here made."""
    roles = access.roles_at(Permission.MANAGE_SYSTEMS, access.Scope.SCHOOL)
    makers = Membership.objects.current().filter(
        school=OuterRef("school"), user=OuterRef("made_by"), role__in=roles
    )
    schools = {int(one.about) for one in notifications}
    alone = ApiToken.objects.working().filter(~Exists(makers), school__in=schools)
    waits = {str(pk) for pk in alone.values_list("school_id", flat=True)}
    return {one.pk for one in notifications if one.about in waits}


def systems_page(notification: Notification) -> str:
    """Return the path of the page of systems."""
    return reverse("systems:list")


# fmt: off
KINDS = (
    Kind(TOKEN_MADE,
         _("Another system was given a token for your school."),
         _("Which one, by whom and what it may do stands on the page of connected systems. Is it "
           "not right? Have it revoked at once."),
         sees_systems, systems_page, no_reference),
    Kind(TOKEN_ALONE,
         _("Who made a token for another system is no administrator of your school any more."),
         _("The token still works. Look whether it is needed, and revoke it or make a new one."),
         manages_systems, systems_page, no_reference, waits=alone_still),
    Kind(SIGNAL_CAME_IN,
         _("A signal in your name came in from another system."),
         _("Look whether it says what you wrote. Did you not write it? Tell your care team at "
           "once."),
         own_signal, signal_page, signal_reference, on_case_page=False),
)
# fmt: on
