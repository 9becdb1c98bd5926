"""What a card says, as markup: written in Python, for a board has forty cards.

The spans, each under conditions of its own, took a template a third of the page's time.
"""

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.moments import short_moment
from accounts.templatetags.marks import mark, span
from cases.models import Case

if TYPE_CHECKING:
    from cases.dashboard.cards import Card


def card_of(case: Case, card: "Card", school: str, *, in_list: bool, token: str) -> SafeString:
    """Return all of a card. ``token``: against forms from elsewhere, where it has one."""
    return mark_safe(  # noqa: S308 - each was escaped where it was made
        f'<li class="case-card{" is-pressing" if card.pressing else ""}">\n'
        f'<p class="case-who">{who_of(case, card, school)}</p>\n'
        f'<p class="case-marks">{card.marks}</p>\n'
        f'<p class="case-text">{text_of(case, card, in_list=in_list)}</p>\n'
        f"{_agenda(card, token) if card.may_chair else ''}</li>"
    )


def _agenda(card: "Card", token: str) -> SafeString:
    """Return that it is on the care team's agenda, or a button that puts it there."""
    if card.on_agenda:
        said = span("state-mark", _("On the agenda of the care team"))
        return format_html('<div class="case-action">{}</div>', said)
    return format_html(
        '<div class="case-action"><form method="post" action="{}">'
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<input type="hidden" name="from" value="dashboard">'
        '<button type="submit" class="btn btn-sm btn-link">{} {}</button></form></div>',
        card.agenda_address,
        token,
        _("Put on the agenda of the care team"),
        span("visually-hidden", f": {card.name}"),
    )


def who_of(case: Case, card: "Card", school: str) -> SafeString:
    """Return whose case it is, as a link; and its class, its reference, and its school if told."""
    said = (case.pupil.class_name, case.reference, school)
    return format_html(
        '<a class="case-name" href="{}">{}</a>\n{}',
        card.address,
        card.name,
        span("case-meta", " · ".join(filter(None, said))),
    )


# There are three of them, and forty on a board.
@cache
def _attention(attention: int, language: str) -> SafeString:
    icon = "eye" if attention == Case.Attention.WATCHFUL else "warning"
    kind = Case.Attention(attention)
    return mark(f"mark mark-{kind.name.lower()}", icon, kind.label)


def marks_of(case: Case, put_off_until: datetime | None, *, late: bool) -> SafeString:
    """Return urgency and deadline of a case, each an icon and a word."""
    marks = [_attention(case.attention, get_language())]
    if put_off_until:
        words = _("waits until %(moment)s") % {"moment": short_moment(put_off_until)}
        marks.append(mark("mark mark-waits", "clock", words))
    if case.deadline and late:
        words = _("past since %(day)s") % {"day": short_moment(case.deadline)}
        marks.append(mark("mark mark-overdue", "clock", words))
    elif case.deadline and case.closed_at is None:
        words = _("before %(day)s") % {"day": short_moment(case.deadline)}
        marks.append(mark("mark", "clock", words))
    return mark_safe("\n".join(marks))  # noqa: S308 - each was escaped where it was made


def text_of(case: Case, card: "Card", *, in_list: bool) -> SafeString:
    """Return the rest that a card says: of an open case what runs, else until when it is kept."""
    said = _running(case, card, in_list=in_list) if case.is_open else _ended(case)
    if card.found_in:
        where = ", ".join(str(place) for place in card.found_in)
        said.append(span("case-found", _("Found in: %(where)s") % {"where": where}))
    return mark_safe("\n".join(said))  # noqa: S308 - each was escaped where it was made


def _running(case: Case, card: "Card", *, in_list: bool) -> list[SafeString]:
    said = []
    if in_list:
        step = _("%(step)s of 5") % {"step": case.step}
        said.append(span("case-step", f"{step}: {card.period}" if card.period else step))
    elif card.period:
        said.append(span("case-step", card.period))
    if card.waits_for:
        said.append(span("case-waits", _("waits for %(whom)s") % {"whom": card.waits_for}))
    if card.is_nobodys:
        said.append(span("state-mark state-late", _("nobody responsible")))
    elif case.responsible_name and in_list:
        words = _("Responsible: %(name)s") % {"name": case.responsible_name}
        said.append(span("case-meta", words))
    return said


def _ended(case: Case) -> list[SafeString]:
    said = [format_html("<span>{}</span>", case.get_outcome_display())]
    day = date_format(localtime(case.closed_at), "j F Y")
    said.append(span("case-meta", _("closed on %(day)s") % {"day": day}))
    if case.kept_until:
        day = date_format(case.kept_until, "j F Y")
        said.append(span("case-meta", _("kept until %(day)s") % {"day": day}))
    elif case.retention_years:
        years = ngettext(
            "kept until %(years)s year after leaving",
            "kept until %(years)s years after leaving",
            case.retention_years,
        )
        said.append(span("case-meta", years % {"years": case.retention_years}))
    return said
