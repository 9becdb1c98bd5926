"""Taking in a dossier that another school hands over."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts import access
from accounts.access import Permission, requires
from audit.log import record_search
from cases.files.kinds import LARGEST, MEGABYTE
from signals.models import Signal
from signals.receiving.actions import receive as take_in
from signals.receiving.forms import ReceiveForm


@requires(Permission.RECEIVE_DOSSIER)
def receive(request: HttpRequest) -> HttpResponse:
    """Take in the package of another school; where nobody is found by its name, ask who it is."""
    searching = request.method == "POST" and "search" in request.POST
    if searching:
        form = ReceiveForm(user=request.user)
        form.restore(request.POST)
        form.initial["password"] = request.POST.get("password", "")
        form.asks_who = True
    else:
        form = ReceiveForm.for_page(request)
    if form.is_bound and form.is_valid():
        received = form.run(
            take_in, form.values["pupil"], request.user, form.key,
            handed=form.handed, content=form.content, sha256=form.sha256, **form.severity,
        )  # fmt: skip
        if received:
            messages.success(request, _("The dossier is taken in. Read it now."))
            # As who logs one by hand is led to theirs: by the rows of a trail they are alike.
            signal = Signal.objects.get(idempotency_key=received.signal_key)
            return redirect("signals:detail", signal.reference)
    query = str(form["pupil_query"].value() or "")
    typed = any(form[name].value() for name in ("pupil", "same"))
    if query.strip():
        record_search(request.user, access.schools(request.user, Permission.LOG_SIGNAL))
    return render(
        request,
        "signals/receive.html",
        {
            "form": form,
            "asks_who": form.asks_who or bool(query.strip()) or typed,
            "largest": LARGEST // MEGABYTE,
        },
        status=422 if form.is_bound and form.errors else 200,
    )
