"""Writing what a school adds to its year report, and asking for the report on paper."""

from datetime import datetime
from functools import partial
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import access
from accounts.access import Permission
from accounts.models import School, User
from audit.kinds import Kind
from audit.log import record_read, record_search
from cases import jobs
from cases.destruction.due import known_still
from cases.errors import KEY_USED, ActionError
from cases.figures.report import years_over
from cases.figures.school_year import SchoolYear
from cases.models import Pupil, YearPaper, YearText
from cases.names import (
    PUPIL,
    Family,
    find,
    forms_in,
    parts_of,
    visible,
    words_of,
    written_as_one,
)


def save_texts(
    school: School,
    year: SchoolYear,
    by: User,
    *,
    knowledge: str,
    agreements: str,
    looked_at: bool = False,
    version: int | None = None,
) -> None:
    """Save the school's own words. Raises ``ActionError`` where they look like a pupil's name,
    until the writer looked at them, and where a colleague changed them meanwhile.
    """
    _check(by, Permission.WRITE_YEAR_REPORT, school, year)
    names = names_in(school, f"{knowledge}\n{agreements}", by)
    if names:
        # Whoever tries names here learns who is at school, as by a search.
        record_search(by, [school])
    if names and not looked_at:
        raise ActionError(
            _(
                "These words look like names of pupils: %s. Take them out, or say that they"
                " are none."
            )
            % ", ".join(names),
            field="looked_at",
        )
    _save(school, year, by, {"knowledge": knowledge, "agreements": agreements}, version)


@transaction.atomic
def _save(
    school: School, year: SchoolYear, by: User, words: dict[str, str], version: int | None
) -> None:
    _check(by, Permission.WRITE_YEAR_REPORT, school, year)  # looking for names takes its time
    School.objects.select_for_update(no_key=True).get(pk=school.pk)
    text = YearText.objects.filter(school=school, year=year.first).first()
    if text is None:
        text = YearText(school=school, year=year.first)
    if all(getattr(text, name) == value for name, value in words.items()):
        return
    if version is not None and version != text.version:
        raise ActionError(
            _("A colleague changed this while you wrote. Open it anew and add your words to it.")
        )
    for name, value in words.items():
        setattr(text, name, value)
    text.version, text.saved_by, text.saved_at = text.version + 1, by, timezone.now()
    text.save()


def names_in(school: School, text: str, by: User) -> list[str]:
    """Return the words of a text that look like the name of somebody who is or was a pupil.

    Of those whom a school knows still for their case alone, who sees none of theirs is told no more
    than of a stranger (``due.known_still``).
    """
    pupils = known_still(Pupil.objects.filter(school=school), [school], by)
    names = pupils.values_list("given_name", "family_name")
    # Of thousands of names only what stands in the text is kept.
    said = forms_in(text)
    known, as_one = {}, set()
    for both in names.iterator():
        known.update((part, PUPIL) for name in both for part in parts_of(name) if part in said)
        as_one.update(said.intersection(written_as_one(*both)))
    found = find(text, Family(known, None, frozenset(as_one)))
    # Many a name is a common word too, in small letters: "de jong", "een roos".
    return words_of(one for one in found if visible(one.word)[:1].isupper())


@transaction.atomic
def ask_for_paper(school: School, year: SchoolYear, by: User, key: UUID) -> YearPaper:
    """Ask for the year report as PDF. Sent twice: once."""
    # Of two at once the second counts the first.
    _check(by, Permission.SEE_YEAR_REPORT, school, year)
    asked = YearPaper.objects.filter(idempotency_key=key).first()
    if asked is not None:
        if (asked.requested_by_id, asked.school_id, asked.year) != (by.pk, school.pk, year.first):
            raise ActionError(KEY_USED)
        return asked
    jobs.make_room(YearPaper.objects.all(), by)
    paper = YearPaper.objects.create(
        school=school, year=year.first, requested_by=by, idempotency_key=key
    )
    record_read(by, paper, kind=Kind.EXPORTED)
    transaction.on_commit(partial(jobs.queue, paper))
    return paper


def _check(by: User, permission: Permission, school: School, year: SchoolYear) -> None:
    """Raise ``PermissionDenied`` unless somebody may, at this school and of a year that is over."""
    access.check_school(by, permission, school.pk)
    if year not in years_over(timezone.now()):
        raise PermissionDenied


def check_paper(paper: YearPaper) -> None:
    """Raise ``PermissionDenied`` when whoever asked for a paper may not see it any more."""
    year = SchoolYear(paper.year)
    _check(paper.requested_by, Permission.SEE_YEAR_REPORT, paper.school, year)


def look_after(now: datetime) -> None:
    """Queue the papers that wait, take back what hangs, remove files that are old."""
    jobs.look_after(YearPaper.objects.all(), now)
