"""Where the administrator edits what the help page says."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import access
from accounts.access import Permission, requires
from accounts.models import School
from cases.help_page import actions
from cases.help_page.forms import HelpItemForm
from cases.help_page.shown import sections
from cases.models import HelpItem
from cases.school_views import chosen


@requires(Permission.EDIT_HELP)
def items(request: HttpRequest) -> HttpResponse:
    """Show the pieces of the school's own help page, to change, move and remove."""
    school = _school(request)
    return render(
        request,
        "help_page/items.html",
        {
            "school": school,
            "schools": access.schools(request.user, Permission.EDIT_HELP),
            "sections": sections(school),
            "own": school.help_items.exists(),
        },
    )


@requires(Permission.EDIT_HELP)
@require_POST
def own(request: HttpRequest) -> HttpResponse:
    """Make the list of the house the school's own."""
    school = _school(request)
    actions.make_own(school, request.user)
    messages.success(request, _("From now on this list is your school's own."))
    return _to_items(school.pk)


@requires(Permission.EDIT_HELP)
def add(request: HttpRequest) -> HttpResponse:
    """Add something to the help page."""
    school = _school(request)
    form = HelpItemForm.for_page(request)
    if form.is_bound and form.is_valid():
        form.run(actions.add_item, school, request.user, form.key, **form.values)
        if not form.errors:
            messages.success(request, _("It stands on the help page."))
            return _to_items(school.pk)
    return _page(request, form, school)


@requires(Permission.EDIT_HELP)
def change(request: HttpRequest, item: str) -> HttpResponse:
    """Change something on the help page."""
    found = _item(request, item)
    filled_in = {name: getattr(found, name) for name in ("section", "title", "text", "url")}
    form = HelpItemForm.for_page(request, initial=filled_in)
    if form.is_bound and form.is_valid():
        form.run(actions.change_item, found, request.user, **form.values)
        if not form.errors:
            messages.success(request, _("The help page is changed."))
            return _to_items(found.school_id)
    return _page(request, form, found.school, found)


@requires(Permission.EDIT_HELP)
@require_POST
def up(request: HttpRequest, item: str) -> HttpResponse:
    """Move something one place up."""
    found = _item(request, item)
    actions.move_up(found, request.user)
    return _to_items(found.school_id)


@requires(Permission.EDIT_HELP)
@require_POST
def remove(request: HttpRequest, item: str) -> HttpResponse:
    """Take something from the help page."""
    found = _item(request, item)
    actions.remove_item(found, request.user)
    messages.success(request, _("It is taken from the help page."))
    return _to_items(found.school_id)


def _school(request: HttpRequest) -> School:
    schools = access.schools(request.user, Permission.EDIT_HELP)
    return chosen(schools, request)


def _item(request: HttpRequest, item: str) -> HelpItem:
    schools = access.school_ids(request.user, Permission.EDIT_HELP)
    found = HelpItem.objects.filter(school_id__in=schools).select_related("school")
    return get_object_or_404(found, public_id=item)


def _to_items(school_id: int) -> HttpResponseRedirect:
    return redirect(f"{reverse('cases:help_items')}?school={school_id}")


def _page(
    request: HttpRequest, form: HelpItemForm, school: School, item: HelpItem | None = None
) -> HttpResponse:
    return render(
        request,
        "help_page/item.html",
        {"form": form, "school": school, "item": item},
        status=422 if form.errors else 200,
    )
