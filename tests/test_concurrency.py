"""Two people, or one impatient finger, at the same moment: nothing twice and nothing lost."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from accounts.roles import Role
from cases import actions
from cases.dossier.actions import claim, request_export
from cases.errors import ActionError
from cases.models import Attachment, Case, Conversation, DossierExport, Reminder, StepChange
from cases.reminders.outbox import deliver
from cases.reminders.sweep import sweep
from signals.actions import file_signal
from signals.models import Signal
from tests.cases.made_up_files import attach, stored
from tests.factories import CaseFactory, PupilFactory, SignalFactory, member

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 4


def at_once(*calls):
    """Run calls at the same moment, each on a connection of its own; return what each gave."""
    start = Barrier(len(calls))

    def run(call):
        try:
            start.wait()
            return call()
        except ActionError as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


def signal_fields(**changes):
    return {
        "categories": ["tired"], "facts": "Viel in slaap.", "severe": False, "acute": False,
        "observed_at": timezone.now(), **changes,
    }  # fmt: skip


def test_first_signals_of_several_teachers_open_one_case(school):
    pupil = PupilFactory(school=school)
    teachers = [member(Role.TEACHER, school) for __ in range(AT_ONCE)]
    at_once(
        *(lambda by=t: file_signal(pupil, by, uuid.uuid4(), **signal_fields()) for t in teachers)
    )
    case = Case.objects.get()
    assert case.signals.count() == AT_ONCE
    assert (case.step, case.attention) == (2, Case.Attention.CONCERN)
    assert StepChange.objects.filter(case=case, to_step=2).count() == 1


def test_a_form_sent_several_times_files_one_record(school, teacher, coordinator):
    pupil, key = PupilFactory(school=school), uuid.uuid4()
    at_once(*[lambda: file_signal(pupil, teacher, key, **signal_fields())] * AT_ONCE)
    assert Signal.objects.count() == 1

    case, key = Case.objects.get(), uuid.uuid4()
    talk = {"kind": Conversation.Kind.PUPIL, "held_at": timezone.now(), "motivation": "Haast."}
    at_once(*[lambda: actions.record_conversation(case, coordinator, key, **talk)] * AT_ONCE)
    assert Conversation.objects.count() == 1

    key = uuid.uuid4()
    at_once(*[lambda: attach(case, coordinator, key=key)] * AT_ONCE)
    at_once(*[lambda: attach(case, coordinator)] * AT_ONCE)
    assert len(stored()) == Attachment.objects.count() == 1 + AT_ONCE
    assert Attachment.objects.last().number == 1 + AT_ONCE

    key = uuid.uuid4()
    at_once(*[lambda: request_export(case, coordinator, key, "Inzage door ouders.")] * AT_ONCE)
    assert DossierExport.objects.count() == 1


def test_one_worker_takes_an_export_up(school, coordinator):
    case = CaseFactory(pupil=PupilFactory(school=school))
    export = request_export(case, coordinator, uuid.uuid4(), "Inzage door ouders.")
    taken = at_once(*[lambda: claim(export.public_id)] * AT_ONCE)
    assert sum(job is not None for job in taken) == 1


def test_sweeps_at_once_remind_once(school, coordinator, mailoutbox):
    case = CaseFactory(pupil=PupilFactory(school=school))
    SignalFactory.create_batch(2, case=case)
    actions.refresh(case, None)
    later = timezone.now() + timedelta(days=30)
    at_once(*[lambda: sweep(later)] * AT_ONCE)
    assert Reminder.objects.count() == 1
    at_once(*[deliver] * AT_ONCE)
    assert len(mailoutbox) == 1
