"""App configuration."""

from functools import partial

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    """Pupils, cases, the protocol and what hangs on it."""

    name = "cases"
    verbose_name = _("Cases")

    def ready(self) -> None:
        """Follow what accounts tells, tell audit and tasks. The models are not there before now."""
        from allauth.account.signals import password_changed
        from django.contrib.auth.signals import user_logged_in, user_logged_out
        from django.db.models import BigAutoField, Field, ForeignKey

        from accounts.signals import (
            membership_began,
            membership_ended,
            others_ended,
            people_changed,
            people_seen,
            session_ended,
            session_renewed,
        )
        from audit import sight
        from background.sections import declare_messages, declare_reader, declare_section
        from cases.among import Among
        from cases.destruction import destroyed, fates
        from cases.dossier import year
        from cases.handing_on import hand_on
        from cases.models import (
            Attachment,
            Case,
            DossierExport,
            DueItem,
            EmergencyAccess,
            Hold,
            PupilImport,
            ReceivedDossier,
            RightsRequest,
            Snooze,
            YearExport,
            YearPaper,
        )
        from cases.need_to_know import actions
        from cases.notifications import watched
        from cases.notifications.push import checks, devices  # noqa: F401 - the checks register
        from cases.notifications.roles import seen, tell_of_change, tell_of_role
        from cases.papers import section_of, section_of_schools
        from cases.search.columns import Says
        from cases.sight import (
            due_kept_from,
            kept_from,
            kept_since,
            known_to,
            requests_kept_from,
            written_by,
        )
        from cases.todo import doors, of_cases, of_schools, registry
        from cases.together import read_together

        for kind in (Field, ForeignKey):
            kind.register_lookup(Among)
        BigAutoField.register_lookup(Says)
        membership_ended.connect(hand_on, dispatch_uid="cases.hand_on")
        membership_began.connect(tell_of_role, dispatch_uid="cases.tell_of_role")
        people_changed.connect(tell_of_change, dispatch_uid="cases.tell_of_change")
        people_seen.connect(seen, dispatch_uid="cases.people_seen")
        membership_began.connect(year.tell_of_lately, dispatch_uid="cases.tell_of_years")
        membership_began.connect(actions.tell_of_lately, dispatch_uid="cases.tell_of_access")
        for signal, ends in (
            (user_logged_in, devices.signed_in),
            (user_logged_out, devices.signed_out),
            (session_ended, devices.session_ended),
            (session_renewed, devices.session_renewed),
            (others_ended, devices.others_ended),
            (password_changed, devices.others_ended),
            (membership_ended, devices.role_ended),
        ):
            signal.connect(ends, dispatch_uid=f"cases.devices.{ends.__name__}")
        sight.declare(
            Case,
            known_to=known_to,
            kept_from=kept_from,
            kept_since=kept_since,
        )
        for model in (ReceivedDossier, Attachment):
            sight.declare_own(model, partial(written_by, model))
        sight.declare_hidden(RightsRequest, requests_kept_from)
        sight.declare_hidden(DueItem, due_kept_from)
        sight.declare_reading(DossierExport, EmergencyAccess, YearPaper)
        sight.declare_following(Snooze)
        # Whoever sends lists of pupils knows which child came from another school.
        sight.declare_within(ReceivedDossier, lambda _one: True)
        sight.declare_within(
            Attachment, lambda one: ReceivedDossier.objects.filter(file=one.pk).exists()
        )
        sight.declare_by_reference(DossierExport, DueItem, EmergencyAccess, Hold)
        registry.declare(*of_cases.TABLE, *of_schools.TABLE)
        doors.declare(*doors.TABLE)
        fates.declare(*destroyed.TABLE)
        declare_reader(read_together)
        # Those of a school year are made for its zip, which has a row of its own.
        dossiers = DossierExport.objects.filter(of_year=None)
        declare_section(section_of(dossiers, "case", "dossiers", _("Dossiers as PDF")))
        years = YearExport.objects
        declare_section(section_of_schools(years, "years", _("Dossiers of a school year")))
        reports = YearPaper.objects
        declare_section(section_of_schools(reports, "year-reports", _("Year reports as PDF")))
        lists = PupilImport.objects.exclude(state__in=("columns", "preview", "expired"))
        declare_section(section_of_schools(lists, "imports", _("Pupils from the administration")))
        declare_section(watched.LETTERS)
        declare_messages("letters", watched.unsent)
