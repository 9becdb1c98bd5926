"""The dashboard, and the views of it that somebody saved."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import access
from accounts.access import Permission, requires
from audit.log import record_search
from cases.dashboard import saved
from cases.dashboard.board import columns, first_of
from cases.dashboard.cards import by_keys, show_cards
from cases.dashboard.counts import summary
from cases.dashboard.filters import CaseFilter
from cases.dashboard.forms import ViewForm
from cases.dashboard.paging import CLOSED, OPEN, Page, page_of
from cases.dashboard.shown import BOARD, LIST, Shown, layout_of
from cases.models import Case, SavedView


@requires(Permission.SEE_DASHBOARD)
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show cases by step or in a list: severe first, then whoever waits longest.

    What is asked comes by POST, since it can be a name, and is led to where it stands sealed.
    Asked by htmx it answers with the part that changes; going back in the browser asks for all.
    """
    user, now = request.user, timezone.now()
    if request.method == "POST":
        return _to_what_was_asked(request)
    cases = Case.objects.permitted(user, Permission.SEE_DASHBOARD)
    chosen = CaseFilter.of_address(request.GET, cases, user)
    schools = access.schools(user, Permission.SEE_DASHBOARD)
    if chosen.words:
        record_search(user, schools)
    asked, agent = request.GET.get("layout", ""), request.headers.get("User-Agent", "")
    layout = layout_of(asked, agent, chosen)
    found, board = chosen.found, []
    if layout == BOARD:
        board = columns(found, chosen.step_address)
        page = Page([case for column in board for case in column.cases])
    else:
        places = {name: request.GET.get(name, "") for name in ("after", "before")}
        order = CLOSED if chosen.of_whom == "closed" else OPEN
        page = page_of(found, by_keys(chosen.places), order=order, **places)
    several = {school.pk: school.name for school in schools} if len(schools) > 1 else {}
    show_cards(request, page, now, several, in_list=layout != BOARD)
    counts = summary(cases, user, now)
    in_part = request.htmx and not request.htmx.history_restore_request
    response = render(
        request,
        "dashboard/_cases.html" if in_part else "dashboard/dashboard.html",
        {
            "chosen": chosen,
            "shown": Shown(chosen, counts, page, layout, asked if asked == layout else ""),
            "columns": board,
            "first": first_of(board),
            "page": page,
            # Whoever searches looks for one pupil.
            "saved_views": () if chosen.words else SavedView.objects.of(user),
        },
    )
    patch_vary_headers(response, ("HX-Request", "User-Agent"))
    return response


def _to_what_was_asked(request: HttpRequest) -> HttpResponse:
    asked = CaseFilter(request.POST.dict(), Case.objects.none(), request.user)
    layout = request.POST.get("layout", "")
    address = asked.address(layout=layout if layout in (LIST, BOARD) else "")
    return redirect(reverse("cases:dashboard") + address.removesuffix("?"))


@requires(Permission.SEE_DASHBOARD)
def saved_views(request: HttpRequest) -> HttpResponse:
    """Show the views that somebody saved, to open, rename or remove them."""
    return render(request, "dashboard/views.html", {"saved": SavedView.objects.of(request.user)})


@requires(Permission.SEE_DASHBOARD)
def save(request: HttpRequest) -> HttpResponse:
    """Keep the filter that stands in the address under a name."""
    chosen = CaseFilter.of_address(request.GET, Case.objects.none(), request.user)
    form = ViewForm.for_page(request)
    if form.is_bound and form.is_valid():
        view = form.run(saved.save_view, request.user, chosen.kept, **form.values)
        if view:
            messages.success(request, _("Saved. You find this view above your cases."))
            return redirect(f"{reverse('cases:dashboard')}?{view.query}")
    return _page(request, form)


@requires(Permission.SEE_DASHBOARD)
def rename(request: HttpRequest, view: str) -> HttpResponse:
    """Give a view another name."""
    found = get_object_or_404(SavedView.objects.of(request.user), public_id=view)
    form = ViewForm.for_page(request, initial={"name": found.name})
    if form.is_bound and form.is_valid():
        form.run(saved.rename_view, found, request.user, **form.values)
        if not form.errors:
            messages.success(request, _("The view has another name now."))
            return redirect("cases:views")
    return _page(request, form, found)


def _page(request: HttpRequest, form: ViewForm, view: SavedView | None = None) -> HttpResponse:
    return render(
        request,
        "dashboard/view.html",
        {"form": form, "view": view},
        status=422 if form.errors else 200,
    )


@requires(Permission.SEE_DASHBOARD)
@require_POST
def remove(request: HttpRequest, view: str) -> HttpResponse:
    """Take a view away."""
    found = get_object_or_404(SavedView.objects.of(request.user), public_id=view)
    saved.remove_view(found, request.user)
    messages.success(request, _("The view is removed."))
    return redirect("cases:views")
