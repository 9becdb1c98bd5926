"""The page of a school's contact book, for everybody of the school; and who looks after it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import access
from accounts.access import Permission, requires
from accounts.models import Membership, School
from cases.contact_book import actions
from cases.contact_book.forms import ContactForm
from cases.models import Contact
from cases.school_views import chosen


@requires(Permission.SEE_CONTACTS)
def contacts(request: HttpRequest) -> HttpResponse:
    """Show whom the school works with. The buurtteam and its workers stand there by themselves."""
    schools = access.schools(request.user, Permission.SEE_CONTACTS)
    school = chosen(schools, request)
    return render(
        request,
        "contact_book/contacts.html",
        {
            "school": school,
            "schools": schools,
            "contacts": school.contacts.standing().in_order(),
            "workers": _workers(school),
            "manages": school.pk in access.school_ids(request.user, Permission.MANAGE_CONTACTS),
        },
    )


def _workers(school: School) -> list[Membership]:
    """Return who works at the school's buurtteam today."""
    if not school.buurtteam_id:
        return []
    current = Membership.objects.current().filter(buurtteam=school.buurtteam_id)
    return list(current.select_related("user").order_by("user__name"))


@requires(Permission.MANAGE_CONTACTS)
def add(request: HttpRequest) -> HttpResponse:
    """Add an entry to the contact book."""
    schools = access.schools(request.user, Permission.MANAGE_CONTACTS)
    school = chosen(schools, request)
    form = ContactForm.for_page(request)
    if form.is_bound and form.is_valid():
        form.run(actions.add_contact, school, request.user, form.key, **form.values)
        if not form.errors:
            messages.success(request, _("The contact stands in the book."))
            return _to_book(school.pk)
    return _page(request, form, school)


@requires(Permission.MANAGE_CONTACTS)
def change(request: HttpRequest, contact: str) -> HttpResponse:
    """Change an entry; with that it is checked."""
    found = _managed(request, contact, removed_too=request.method == "POST")
    form = ContactForm.for_page(request, initial=_filled_in(found))
    if form.is_bound and form.is_valid():
        changed = form.run(actions.change_contact, found, request.user, form.key, **form.values)
        if changed:
            messages.success(request, _("The contact is changed."))
            return _to_book(found.school_id)
    if found.removed_at:
        raise Http404
    return _page(request, form, found.school, contact=found)


def _filled_in(contact: Contact) -> dict[str, object]:
    return {
        name: getattr(contact, name) for name in ContactForm.base_fields if hasattr(contact, name)
    }


@requires(Permission.MANAGE_CONTACTS)
@require_POST
def checked(request: HttpRequest, contact: str) -> HttpResponse:
    """Note that an entry was looked at today."""
    found = _managed(request, contact)
    actions.check_contact(found, request.user)
    messages.success(request, _("Noted that you checked it today."))
    return _to_book(found.school_id)


@requires(Permission.MANAGE_CONTACTS)
@require_POST
def remove(request: HttpRequest, contact: str) -> HttpResponse:
    """Take an entry out of the book."""
    found = _managed(request, contact)
    actions.remove_contact(found, request.user)
    messages.success(request, _("The contact is removed. What was recorded stays."))
    return _to_book(found.school_id)


def _managed(request: HttpRequest, contact: str, *, removed_too: bool = False) -> Contact:
    """Return an entry of a school whose contacts the user looks after, or answer 404."""
    schools = access.school_ids(request.user, Permission.MANAGE_CONTACTS)
    entries = Contact.objects.all() if removed_too else Contact.objects.standing()
    entries = entries.filter(school_id__in=schools).select_related("school")
    return get_object_or_404(entries, public_id=contact)


def _to_book(school_id: int) -> HttpResponseRedirect:
    return redirect(f"{reverse('cases:contacts')}?school={school_id}")


def _page(
    request: HttpRequest, form: ContactForm, school: School, contact: Contact | None = None
) -> HttpResponse:
    return render(
        request,
        "contact_book/contact.html",
        {"form": form, "school": school, "contact": contact},
        status=422 if form.errors else 200,
    )
