"""The kinds of notifications, as a table. Each room declares its own; no other knows their words.

A kind says in a line what happened, without a name: that line is all that the list, a mail or a
telephone shows of it, with a reference and a link.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import CharField, Exists, OuterRef, Q
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import access
from accounts.access import Permission
from accounts.models import School, User
from cases.models import (
    Case,
    Contact,
    Destruction,
    DossierExport,
    DueItem,
    Notification,
    PaperJob,
    PupilImport,
    RightsRequest,
    YearExport,
    YearPaper,
)
from cases.models.contact import last_year
from cases.notifications.querysets import NotificationQuerySet


@dataclass(frozen=True)
class Sight:
    """What somebody may know of now, as conditions on notifications: each looks at one row.

    A list, and the count on every page, ask them of the few rows of one person.
    """

    person: User

    @cached_property
    def case(self) -> Q:
        """The person may see the case."""
        return self.case_for(Permission.SEE_CASE)

    def case_for(self, permission: Permission) -> Q:
        """The person holds a permission for the case."""
        cases = Case.objects.permitted(self.person, permission)
        return Q(Exists(cases.filter(pk=OuterRef("case_id"))))


# Which notifications a person may know of.
Known = Callable[[Sight], Q]
# Of which of some notifications the person still has to hear: their primary keys.
Waits = Callable[[User, Iterable[Notification]], set[int]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of notification.

    ``said``: what happened, in a line. ``explained``: what a mail says of it beside that line.
    ``known_to``: of which the person may know now. ``waits``: of which they have to hear still, of
    those; what was done meanwhile needs no mail. ``place``: the path of the page to look at.
    ``reference``: what stands beside the line. ``on_case_page``: whoever opens the case sees it.
    ``mailed``: False for what is mailed in another way.
    """

    code: str
    said: Promise
    explained: Promise
    known_to: Known
    place: Callable[[Notification], str]
    reference: Callable[[Notification], str]
    waits: Waits | None = None
    urgent: bool = False
    on_case_page: bool = True
    mailed: bool = True


KINDS: dict[str, Kind] = {}


def declare(*kinds: Kind) -> None:
    """Add the kinds of a room to the table."""
    KINDS.update((kind.code, kind) for kind in kinds)


def known_to(
    person: User, notifications: NotificationQuerySet, codes: Iterable[str] | None = None
) -> NotificationQuerySet:
    """Return those of a person's notifications that they may know of now, by one query.

    ``codes``: the kinds that they are of, where that is known: of others nothing is asked.
    """
    sight, may_know = Sight(person), Q(pk__in=())
    by_condition: dict[Known, list[str]] = {}
    for code in KINDS if codes is None else codes:
        if kind := KINDS.get(code):
            by_condition.setdefault(kind.known_to, []).append(code)
    for condition, codes in by_condition.items():
        may_know |= Q(kind__in=codes) & condition(sight)
    return notifications.filter(may_know, recipient=person)


def known(person: User, notifications: Iterable[Notification]) -> list[Notification]:
    """Return those of a person's notifications that they may know of now, in the same order."""
    notifications = list(notifications)
    asked = Notification.objects.filter(pk__in=[one.pk for one in notifications])
    kinds = {one.kind for one in notifications}
    yes = set(known_to(person, asked, kinds).values_list("pk", flat=True))
    return [one for one in notifications if one.pk in yes]


def waiting(person: User, notifications: Iterable[Notification]) -> list[Notification]:
    """Return those that the person may know of and has to hear still, in the same order.

    What they read in the application meanwhile, they heard.
    """
    left = [one for one in known(person, notifications) if one.read_at is None]
    yes: set[int] = set()
    for code in {one.kind for one in left}:
        of_kind = [one for one in left if one.kind == code]
        waits = KINDS[code].waits
        yes |= {one.pk for one in of_kind} if waits is None else waits(person, of_kind)
    return [one for one in left if one.pk in yes]


def sees_case(sight: Sight) -> Q:
    """Those about cases that the person may see."""
    return sight.case


def looks_after_conflicts(sight: Sight) -> Q:
    """Those about cases of which the person may see who is kept out."""
    return sight.case_for(Permission.SHUT_OUT)


def exports_case(sight: Sight) -> Q:
    """Those about dossiers of cases that the person may export."""
    return sight.case_for(Permission.EXPORT_DOSSIER)


def looks_after_contacts(sight: Sight) -> Q:
    """Those about contact books that the person looks after."""
    managed = access.school_ids(sight.person, Permission.MANAGE_CONTACTS)
    return Q(about__in=[str(pk) for pk in managed])


def holds_role(sight: Sight) -> Q:
    """Those about roles that the person holds now."""
    return Q(about__in=[str(member.public_id) for member in sight.person.current_memberships])


def sees_people(sight: Sight) -> Q:
    """Those about schools of which the person sees who works there."""
    schools = access.school_ids(sight.person, Permission.SEE_PEOPLE)
    return Q(about__in=[str(pk) for pk in schools])


def sees_year_report(sight: Sight) -> Q:
    """Those about year reports that the person asked for, of schools of which they may see one."""
    papers = YearPaper.objects.visible_to(sight.person)
    return Q(about__in=[str(one) for one in papers.values_list("public_id", flat=True)])


def standing_still(person: User, notifications: Iterable[Notification]) -> set[int]:
    """Return the keys of those about cases that still wait for something."""
    ids = {one.case_id for one in notifications}
    still = Case.objects.filter(pk__in=ids, next_due__isnull=False)
    waits = set(still.values_list("pk", flat=True))
    return {one.pk for one in notifications if one.case_id in waits}


def unchecked(person: User, notifications: Iterable[Notification]) -> set[int]:
    """Return the keys of those about contact books that nobody looked at since."""
    schools = {int(one.about) for one in notifications}
    old = Contact.objects.unchecked(last_year(timezone.localdate())).filter(school_id__in=schools)
    waits = {str(pk) for pk in old.values_list("school_id", flat=True)}
    return {one.pk for one in notifications if one.about in waits}


def still_theirs(person: User, notifications: Iterable[Notification]) -> set[int]:
    """Return the keys of those about open cases for which the person is responsible."""
    ids = {one.case_id for one in notifications}
    run = set(
        Case.objects.open().filter(pk__in=ids, responsible=person).values_list("pk", flat=True)
    )
    return {one.pk for one in notifications if one.case_id in run}


def to_fetch(papers: type[PaperJob]) -> Callable[[User, Iterable[Notification]], set[int]]:
    """Return what finds, of notifications about papers of a kind, those not removed yet."""

    def still_there(person: User, notifications: Iterable[Notification]) -> set[int]:
        ids = [one.about for one in notifications]
        ready = papers.objects.filter(public_id__in=ids, state=PaperJob.State.READY)
        waits = {str(public_id) for public_id in ready.values_list("public_id", flat=True)}
        return {one.pk for one in notifications if one.about in waits}

    return still_there


def exports_years(sight: Sight) -> Q:
    """Those about years that the person asked for, and may have still."""
    years = YearExport.objects.visible_to(sight.person)
    return Q(about__in=[str(one) for one in years.values_list("public_id", flat=True)])


def leads_school(sight: Sight) -> Q:
    """Those about schools that the person leads."""
    led = access.school_ids(sight.person, Permission.SEE_BOARD_CASE)
    return Q(about__in=[str(pk) for pk in led])


def answers_for_school(sight: Sight) -> Q:
    """Those about schools that the person leads or looks after, or of a board of theirs."""
    here = access.school_ids(sight.person, Permission.EXPORT_YEAR)
    led = access.schools(sight.person, Permission.SEE_BOARD_CASE)
    may_know = leads_school(sight) | Q(about__in=[str(pk) for pk in here])
    if boards := {school.board_id for school in led} - {None}:
        # Asked by the same query: every page shows the bell.
        sisters = School.objects.filter(board__in=boards).annotate(key=Cast("pk", CharField()))
        may_know |= Q(about__in=sisters.values("key"))
    return may_know


def imports_pupils(sight: Sight) -> Q:
    """Those about lists of pupils that the person sent, of schools for which they may still."""
    sent = PupilImport.objects.visible_to(sight.person)
    return Q(about__in=[str(one) for one in sent.values_list("public_id", flat=True)])


def import_page(notification: Notification) -> str:
    """Return the path of the page that says what a list of pupils did, or would do."""
    return reverse("cases:pupil_import", args=[notification.about])


def to_agree(person: User, notifications: Iterable[Notification]) -> set[int]:
    """Return the keys of those about lists of pupils that wait for a word of who sent them."""
    ids = [one.about for one in notifications]
    open_ones = PupilImport.objects.filter(public_id__in=ids, state=PupilImport.State.PREVIEW)
    waits = {str(public_id) for public_id in open_ones.values_list("public_id", flat=True)}
    return {one.pk for one in notifications if one.about in waits}


def year_page(notification: Notification) -> str:
    """Return the path of the page from which somebody fetches a year."""
    return reverse("cases:year", args=[notification.about])


def case_page(notification: Notification) -> str:
    """Return the path of the case's page."""
    return reverse("cases:detail", args=[notification.case.reference])


def case_reference(notification: Notification) -> str:
    """Return the case's reference."""
    return notification.case.reference


def contacts_page(notification: Notification) -> str:
    """Return the path of the contact book."""
    return f"{reverse('cases:contacts')}?school={notification.about}"


def dossier_page(notification: Notification) -> str:
    """Return the path of the page from which somebody fetches a dossier."""
    return reverse("cases:export", args=[notification.about])


def year_report_page(notification: Notification) -> str:
    """Return the path of the page from which somebody fetches a year report."""
    return reverse("cases:year_paper", args=[notification.about])


def no_reference(notification: Notification) -> str:
    """Return nothing: what it is about has none."""
    return ""


def sees_destruction(sight: Sight) -> Q:
    """Those about schools of which the person sees what is due for destruction."""
    schools = access.school_ids(sight.person, Permission.SEE_DESTRUCTION)
    return Q(about__in=[str(pk) for pk in schools])


def sees_certificate(sight: Sight) -> Q:
    """Those about certificates that the person may see."""
    runs = Destruction.objects.visible_to(sight.person)
    return Q(about__in=[str(one) for one in runs.values_list("public_id", flat=True)])


def listed_still(person: User, notifications: Iterable[Notification]) -> set[int]:
    """Return the keys of those about schools where something waits to be approved."""
    schools = [one.about for one in notifications]
    waits = DueItem.objects.waiting().visible_to(person).filter(of_list__school_id__in=schools)
    there = {str(pk) for pk in waits.values_list("of_list__school_id", flat=True)}
    return {one.pk for one in notifications if one.about in there}


def destruction_page(notification: Notification) -> str:
    """Return the path of the list of what is due for destruction."""
    return f"{reverse('cases:destruction')}?school={notification.about}"


def certificate_page(notification: Notification) -> str:
    """Return the path of a certificate."""
    return reverse("cases:certificate", args=[notification.about])


def keeps_requests(sight: Sight) -> Q:
    """Those about requests in a register that the person keeps, as far as they may know of them."""
    asked = RightsRequest.objects.visible_to(sight.person, Permission.KEEP_REQUESTS)
    return Q(about__in=[str(one) for one in asked.values_list("public_id", flat=True)])


def unanswered(person: User, notifications: Iterable[Notification]) -> set[int]:
    """Return the keys of those about requests that nobody answered yet."""
    asked = RightsRequest.objects.visible_to(person, Permission.KEEP_REQUESTS).open()
    found = asked.filter(public_id__in=[one.about for one in notifications])
    waits = {str(public_id) for public_id in found.values_list("public_id", flat=True)}
    return {one.pk for one in notifications if one.about in waits}


def request_page(notification: Notification) -> str:
    """Return the path of a request of a parent or a pupil."""
    return reverse("cases:request", args=[notification.about])


REQUEST_DUE = "request_due"
DESTRUCTION_LISTED, DESTROYED = "destruction_listed", "destroyed"
REMINDER, EMERGENCY, SHUT_OUT, CONTACTS = "reminder", "emergency", "shut_out", "contacts"
SEVERE, RESPONSIBLE, TAKES_PART, ROLE = "severe", "responsible", "takes_part", "role"
PEOPLE_CHANGED = "people_changed"
YEAR_REPORT_READY, YEAR_REPORT_FAILED = "year_report_ready", "year_report_failed"
DOSSIER_READY, DOSSIER_FAILED = "dossier_ready", "dossier_failed"
IMPORT_DONE, IMPORT_FAILED, IMPORT_OVERTAKEN = "import_done", "import_failed", "import_overtaken"
YEAR_ASKED, YEAR_READY, YEAR_FAILED = "year_asked", "year_ready", "year_failed"
WHO_AND_WHY = _(
    "Who, and why, stands in the case. Is this not right? Tell your school leader at once."
)

# fmt: off
declare(
    Kind(REMINDER,
         _("A case waits for a next step."),
         _("It is said again as long as a case stands still."),
         sees_case, case_page, case_reference, waits=standing_still),
    Kind(EMERGENCY,
         _("Somebody of another school of your board opened a case by emergency access."),
         WHO_AND_WHY,
         sees_case, case_page, case_reference, urgent=True),
    Kind(SHUT_OUT,
         _("In a case, a conflict of interest of a colleague was set or ended."),
         WHO_AND_WHY,
         looks_after_conflicts, case_page, case_reference),
    Kind(SEVERE,
         _("In a case, something severe was logged."),
         _("The accelerated path counts in hours, every day of the week."),
         sees_case, case_page, case_reference, urgent=True),
    Kind(RESPONSIBLE,
         _("You are responsible for a case now."),
         _("What is asked first stands at the top of the case."),
         sees_case, case_page, case_reference, waits=still_theirs),
    Kind(TAKES_PART,
         _("You take part in a case now."),
         _("You see it from now on, for as long as you take part."),
         sees_case, case_page, case_reference),
    Kind(CONTACTS,
         _("In the contact book of your school stand numbers that nobody checked for a year."),
         _("Call them once, and click on Checked today. This is asked at most once a month."),
         looks_after_contacts, contacts_page, no_reference, waits=unchecked),
    Kind(DOSSIER_READY,
         _("The dossier that you asked for is ready."),
         _("Only you can fetch it. After seven days it is removed."),
         exports_case, dossier_page, case_reference, waits=to_fetch(DossierExport),
         on_case_page=False),
    Kind(DOSSIER_FAILED,
         _("The dossier that you asked for could not be made."),
         _("Ask for it again. Does it fail once more? Tell your administrator."),
         exports_case, dossier_page, case_reference, on_case_page=False),
    Kind(YEAR_REPORT_READY,
         _("The year report that you asked for is ready."),
         _("Only you can fetch it. After seven days it is removed."),
         sees_year_report, year_report_page, no_reference, waits=to_fetch(YearPaper)),
    Kind(YEAR_REPORT_FAILED,
         _("The year report that you asked for could not be made."),
         _("Ask for it again. Does it fail once more? Tell your administrator."),
         sees_year_report, year_report_page, no_reference),
    Kind(IMPORT_DONE,
         _("The list of pupils that you sent is applied."),
         _("What it changed stands on its page, in numbers."),
         imports_pupils, import_page, no_reference),
    Kind(IMPORT_FAILED,
         _("The list of pupils that you sent could not be applied."),
         _("Nothing changed at your school. Send the file once more."),
         imports_pupils, import_page, no_reference),
    Kind(IMPORT_OVERTAKEN,
         _("The list of pupils that you sent was not applied: your school changed meanwhile."),
         _("Nothing was done. Look at what it would change now, and agree on that."),
         imports_pupils, import_page, no_reference, waits=to_agree),
    Kind(YEAR_ASKED,
         _("An administrator asked for all dossiers of a school year of your school."),
         _("Did you not agree on that? Ask your administrator, and look into it at once."),
         answers_for_school, lambda notification: reverse("home"), no_reference),
    Kind(YEAR_READY,
         _("The dossiers of the school year that you asked for are ready."),
         _("Only you can fetch them. After 24 hours they are removed."),
         exports_years, year_page, no_reference, waits=to_fetch(YearExport)),
    Kind(YEAR_FAILED,
         _("The dossiers of the school year that you asked for could not be made."),
         _("Ask for it again. Does it fail once more? Look at the page of background work."),
         exports_years, year_page, no_reference),
    Kind(DESTRUCTION_LISTED,
         _("The list of what your school must destroy is ready."),
         _("Two people look at it and approve it. Nothing goes before that."),
         sees_destruction, destruction_page, no_reference, waits=listed_still),
    Kind(REQUEST_DUE,
         _("A request of a parent or a pupil has to be answered soon, or is late."),
         _("The law gives one month. Which request it is stands in the register."),
         keeps_requests, request_page, no_reference, waits=unanswered),
    Kind(DESTROYED,
         _("What you approved for destruction is destroyed."),
         _("The certificate says how much it was. It names nobody."),
         sees_certificate, certificate_page, no_reference),
    # Who gives a role sends a mail about it (accounts.people.mails).
    Kind(ROLE,
         _("You have a new role."),
         _("It stands under your name, at the top right."),
         holds_role, lambda notification: reverse("home"), no_reference, mailed=False),
    Kind(PEOPLE_CHANGED,
         _("Roles, second factors or ways of signing in were changed at your school."),
         _("A mail about each says what. Is there none, or is it not right? Look at it at once."),
         sees_people, lambda notification: reverse("people:people"), no_reference, mailed=False),
)
# fmt: on
