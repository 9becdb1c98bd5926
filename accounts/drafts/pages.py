"""A page whose form has drafts: it keeps one while somebody types, brings it back, and ends it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar
from uuid import uuid4

from allauth.core import ratelimit
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.access import Permission
from accounts.drafts import actions
from accounts.drafts.models import Draft
from accounts.drafts.reading import fields_of, page_of
from accounts.errors import ActionError
from accounts.forms import MeldcodeForm

# The header in which a script reads where the page leads to (htmx knows it too).
LEADS_TO = "HX-Redirect"
# The names of the buttons: to keep what stands there, and to throw away what was kept.
KEEP, THROW_AWAY = "draft", "throw_draft_away"

AnyForm = TypeVar("AnyForm", bound=MeldcodeForm)


class TooOften(ActionError):
    """Drafts that come faster than anybody types; the words stay on the page."""

    def __init__(self) -> None:
        super().__init__(
            _("Not kept just now: it was kept very often. Type on; it is kept again in a minute.")
        )


def keep_of(request: HttpRequest, form: str, whom: Permission) -> Draft:
    """Keep what was sent as a draft. Raises ``TooOften``, and what ``actions.keep`` raises."""
    if not ratelimit.consume(request, action="keep_draft", user=request.user):
        raise TooOften
    page = page_of(request.POST) or uuid4()
    return actions.keep(request.user, form, page, fields_of(request.POST), whom=whom)


def said_to_script(kept: Draft | ActionError) -> HttpResponse:
    """Return the line that stands beside the button while one types."""
    if isinstance(kept, ActionError):
        status = 429 if isinstance(kept, TooOften) else 409
        return HttpResponse(kept.message, status=status, content_type="text/plain")
    said = _("Saved as a draft at %(time)s") % {"time": f"{localtime(kept.saved_at):%H:%M}"}
    return HttpResponse(said, content_type="text/plain")


def go_on(request: HttpRequest, url: str) -> HttpResponse:
    """Lead on. A script is told where to: what it asked for is not opened twice."""
    return HttpResponse(status=204, headers={LEADS_TO: url}) if request.htmx else redirect(url)


@dataclass(frozen=True)
class Drafts:
    """The drafts of one page. ``name``: of which form about what, without a name or a word."""

    request: HttpRequest
    name: str
    whom: Permission

    @cached_property
    def standing(self) -> QuerySet:
        """Return what waits here as a queryset, to be read with what else the page asks."""
        return Draft.objects.standing(self.request.user, self.name)

    @cached_property
    def waiting(self) -> Draft | None:
        """Return what somebody can go on with here: one, or none."""
        return next(iter(self.standing), None)

    def form(self, make: type[AnyForm], **kwargs: Any) -> AnyForm:
        """Return the form of the page: judged only when it was sent to be filed."""
        request = self.request
        if request.method == "POST" and not self._asked:
            return make.for_page(request, **kwargs)
        if request.method == "POST":
            return self._unjudged(make(user=request.user, **kwargs), request.POST)
        form = make.for_page(request, **kwargs)
        if KEEP in request.GET and self.waiting and (typed := self.waiting.fields()):
            return self._unjudged(form, typed)
        return form

    def answer(self) -> HttpResponse | None:
        """Do what one of the buttons for drafts asks; None: the page goes on as ever."""
        if not self._asked:
            return None
        if THROW_AWAY in self.request.POST:
            actions.throw_away(self.request.user, self.name)
            messages.success(self.request, _("Your draft is thrown away."))
            return redirect(self.request.path)
        try:
            kept = keep_of(self.request, self.name, self.whom)
        except ActionError as refused:
            if self.request.htmx:
                return said_to_script(refused)
            messages.error(self.request, refused.message)
            return None
        if self.request.htmx:
            return said_to_script(kept)
        messages.success(self.request, _("Your draft is kept. Only you can see it."))
        return redirect(self.request.path)

    def end(self) -> None:
        """Empty the draft of what was filed just now."""
        if page := page_of(self.request.POST):
            actions.end(self.request.user, self.name, page)

    def shown_beside(self, form: MeldcodeForm) -> Draft | None:
        """Return what waits beside a form; nothing where it is that very page."""
        same = self.waiting and str(self.waiting.page) == str(form["idempotency_key"].value())
        return None if same else self.waiting

    @property
    def _asked(self) -> bool:
        sent = self.request.POST
        return self.request.method == "POST" and (KEEP in sent or THROW_AWAY in sent)

    def _unjudged(self, form: AnyForm, typed: Any) -> AnyForm:
        form.restore(typed)
        return form
