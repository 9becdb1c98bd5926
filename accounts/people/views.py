"""The people of a school, and the page on which an invited person comes in."""

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import access, second_factor
from accounts.access import PUBLIC, Permission, open_to, requires
from accounts.errors import ActionError
from accounts.models import Membership, RoleInvitation, School, User
from accounts.opened_links import is_late
from accounts.people import actions
from accounts.people.forms import AcceptForm, InvitationForm, NewAccountForm, RoleForm
from accounts.people.winding_up import ends_with
from accounts.second_factor import fresh_second_factor
from accounts.signals import people_seen

# Where the hash of a link's secret waits once it was opened: not in the address, which others may
# read. And not the secret itself: sessions lie in the database as anybody can read them there.
SECRET_IN_SESSION = "role_invitation"  # noqa: S105 - the name of a session key


@requires(Permission.SEE_PEOPLE)
def people(request: HttpRequest) -> HttpResponse:
    """Show who works here with which role, who was invited, and who has no second factor yet."""
    schools = access.schools(request.user, Permission.SEE_PEOPLE)
    held = (
        Membership.objects.of_places(schools)
        .filter(ended_at__isnull=True)
        .select_related("user", "school", "buurtteam", "replaces__user")
        .order_by("user__name", "user_id", "starts_on")
    )
    shown = request.method == "GET"  # and not its headers alone
    people_seen.send(sender=None, user=request.user, schools=schools, all_shown=shown)
    by_person: dict[User, list[Membership]] = {}
    for membership in held:
        by_person.setdefault(membership.user, []).append(membership)
    return render(
        request,
        "people/people.html",
        {
            "people": list(by_person.items()),
            "invitations": RoleInvitation.objects.standing()
            .filter(school__in=schools)
            .select_related("school", "buurtteam", "invited_by"),
            "unprotected": _without_second_factor(held),
        },
    )


def _without_second_factor(held: "Membership.objects") -> set[int]:
    """Return the keys of those who work here today and have no second factor yet.

    Of whoever left it is not for us to know: they may have set it up for another school.
    """
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    found = Authenticator.objects.filter(user__in=held.values("user"), type__in=kinds)
    unprotected = held.in_force().exclude(user__in=found.values("user"))
    return set(unprotected.values_list("user_id", flat=True))


@requires(Permission.MANAGE_PEOPLE)
@fresh_second_factor
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody to a role."""
    schools = access.schools(request.user, Permission.MANAGE_PEOPLE)
    form = InvitationForm.for_page(request, schools=schools)
    if form.is_bound and form.is_valid():
        values = dict(form.values)
        school = values.pop("school")
        invited = form.run(actions.invite, school, request.user, form.key, **values)
        if invited:
            messages.success(request, _("The invitation is sent."))
            return redirect("people:people")
    return _form_page(request, "people/invite.html", form)


@requires(Permission.MANAGE_PEOPLE)
@require_POST
def withdraw_invitation(request: HttpRequest, invitation: str) -> HttpResponse:
    """End an invitation that was not accepted yet."""
    schools = access.schools(request.user, Permission.MANAGE_PEOPLE)
    found = get_object_or_404(RoleInvitation, public_id=invitation, school__in=schools)
    actions.withdraw(found, request.user)
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("people:people")


@requires(Permission.SEE_PEOPLE)
def person(request: HttpRequest, person: str) -> HttpResponse:
    """Show somebody's roles at one's schools, now and before."""
    schools = access.schools(request.user, Permission.SEE_PEOPLE)
    found = get_object_or_404(actions.people_of(schools), public_id=person)
    people_seen.send(sender=None, user=request.user, schools=schools, person=found)
    held = found.memberships.of_places(schools).select_related(
        "school", "buurtteam", "replaces__user"
    )
    return render(
        request,
        "people/person.html",
        {
            "person": found,
            "memberships": held.order_by("ended_at", "-starts_on"),
            "works_now": held.in_force().exists(),
            "protected": found.pk not in _without_second_factor(held),
            "may_change": access.may(request.user, Permission.MANAGE_PEOPLE)
            and found != request.user,
        },
    )


@requires(Permission.MANAGE_PEOPLE)
@fresh_second_factor
def give_role(request: HttpRequest, person: str) -> HttpResponse:
    """Give somebody another role, for good or for a time."""
    schools, found = _other_person(request, person)
    form = RoleForm.for_page(request, schools=schools, person=found)
    if form.is_bound and form.is_valid():
        values = dict(form.values)
        school = values.pop("school")
        if form.run(actions.give_role, school, request.user, found, **values):
            messages.success(request, _("The role is given."))
            return redirect("people:person", person)
    return _form_page(request, "people/give_role.html", form, person=found)


@requires(Permission.MANAGE_PEOPLE)
@fresh_second_factor
def end_role(request: HttpRequest, membership: str) -> HttpResponse:
    """End somebody's role now; one confirms it first."""
    schools = access.schools(request.user, Permission.MANAGE_PEOPLE)
    found = get_object_or_404(
        Membership.objects.of_places(schools)
        .filter(ended_at__isnull=True)
        .exclude(user=request.user)
        .select_related("user", "school__buurtteam", "buurtteam"),
        public_id=membership,
    )
    if request.method == "POST":
        actions.end_role(found, request.user, _school_of(found, schools))
        messages.success(request, _("The role is ended."))
        return redirect("people:person", found.user.public_id)
    ends_too = ends_with(found)
    return render(
        request,
        "people/end_role.html",
        {"membership": found, "person": found.user, "ends_too": ends_too},
    )


@requires(Permission.MANAGE_PEOPLE)
@fresh_second_factor
def reset_second_factor(request: HttpRequest, person: str) -> HttpResponse:
    """Take away the second factor of somebody who lost it."""
    schools, found = _other_person(request, person)
    if request.method == "POST":
        try:
            actions.reset_second_factor(schools[0], request.user, found)
            messages.success(request, _("At the next sign-in a new second factor is set up."))
        except ActionError as error:
            messages.error(request, error.message)
        return redirect("people:person", person)
    return render(request, "people/reset.html", {"person": found})


def _other_person(request: HttpRequest, person: str) -> tuple[list[School], User]:
    """Return the schools where the user looks after somebody else, and that person.

    First of all the school where that person works today: what asks for that is asked of the first.
    """
    schools = access.schools(request.user, Permission.MANAGE_PEOPLE)
    others = actions.people_of(schools).exclude(pk=request.user.pk)
    found = get_object_or_404(others, public_id=person)
    of_them = [one for one in schools if actions.people_of([one]).filter(pk=found.pk).exists()]
    works = Membership.objects.in_force().filter(user=found)
    return sorted(of_them, key=lambda one: not works.of_places([one]).exists()), found


def _school_of(membership: Membership, schools: list[School]) -> School:
    """Return the school through which an administrator looks after a membership."""
    return next(
        school
        for school in schools
        if school.pk == membership.school_id
        or (membership.buurtteam_id and school.buurtteam_id == membership.buurtteam_id)
    )


def _form_page(
    request: HttpRequest, template: str, form: object, **context: object
) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, template, {"form": form, **context}, status=status)


@open_to(PUBLIC)
@never_cache
def open_invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Take the secret out of the address before a page is shown that could pass it on.

    Of a link that opens nothing no session is made: anybody can make up such links.
    """
    opened = actions.hashed(secret)
    if found := _invitations().filter(secret_hash=opened).first():
        actions.open_link(found)
        request.session[SECRET_IN_SESSION] = opened
    else:
        request.session.pop(SECRET_IN_SESSION, None)  # nor is it the link opened before
    return redirect("people:invitation")


@open_to(PUBLIC)
@never_cache
def invitation(request: HttpRequest) -> HttpResponse:
    """Accept an invitation: with the account one has, or with a new one."""
    found = _standing(request)
    if found is None:
        return render(request, "people/no_invitation.html")
    if is_late(found.opened_at) and not _is_for(found, request):
        return render(request, "people/late_link.html")
    if request.user.is_authenticated:
        return _accept_signed_in(request, found)
    if User.objects.filter(email=found.email).exists():
        return render(request, "people/accept_sign_in.html", {"invitation": found})
    form = NewAccountForm(_sent_for(found, request), invitation=found, initial={"name": found.name})
    if form.is_bound and form.is_valid():
        name, password = form.cleaned_data["name"], form.cleaned_data["password"]
        user = actions.accept_as_new(found, name=name, password=password)
        del request.session[SECRET_IN_SESSION]
        record_authentication(request, user, method="password", email=user.email)
        return perform_login(request, user, redirect_url="/")
    return _form_page(request, "people/accept.html", form, invitation=found)


@open_to(PUBLIC)
@require_POST
def new_link(request: HttpRequest) -> HttpResponse:
    """Mail another link to who was invited, in the place of one that was opened long ago.

    Whoever found the old one in a browser gains nothing by it: no page says whom it is for.
    """
    found = _standing(request)
    if found is not None and is_late(found.opened_at):
        del request.session[SECRET_IN_SESSION]
        went = actions.send_new_link(found)
        if went:
            text = _("A new link is on its way to the address that was invited.")
            messages.success(request, text)
        elif went is False:
            text = _("No mail could be sent now. Ask your administrator for a new invitation.")
            messages.error(request, text)
    return redirect("people:invitation")


def _is_for(found: RoleInvitation, request: HttpRequest) -> bool:
    return request.user.is_authenticated and request.user.email.lower() == found.email


def _accept_signed_in(request: HttpRequest, found: RoleInvitation) -> HttpResponse:
    # A page that is open to everybody: nobody else asked for it.
    if second_factor.is_missing(request):
        return second_factor.ask_for_it(request)
    mine = _is_for(found, request)
    form = AcceptForm(_sent_for(found, request) if mine else None, invitation=found)
    if form.is_valid():
        del request.session[SECRET_IN_SESSION]
        try:
            actions.accept(found, request.user)
        except ActionError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, _("You have this role now."))
        return redirect("home")
    return _form_page(request, "people/accept_signed_in.html", form, invitation=found, mine=mine)


def _sent_for(found: RoleInvitation, request: HttpRequest) -> QueryDict | None:
    """Return what was sent for an invitation; None: nothing, or for another one."""
    if request.method != "POST":
        return None
    if request.POST.get("of") == str(found.public_id):
        return request.POST
    text = _("This is another invitation than the one that you filled in. Look where it is for.")
    messages.warning(request, text)
    return None


def _standing(request: HttpRequest) -> RoleInvitation | None:
    found = request.session.get(SECRET_IN_SESSION)
    if not found:
        return None
    return _invitations().filter(secret_hash=found).first()


def _invitations() -> "RoleInvitation.objects":
    return RoleInvitation.objects.acceptable().select_related("school", "buurtteam")
