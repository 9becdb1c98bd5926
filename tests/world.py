"""A small world of everybody who could ask for something, for the tests of access."""

import uuid
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.utils import timezone
from guardian.shortcuts import assign_perm

from accounts.models import User
from accounts.roles import Role
from accounts.tables import Table, TableRow
from audit.models import Flag
from background.models import Beat, Worker
from cases.figures.school_year import SchoolYear
from cases.imports import sealed
from cases.imports.read import Read
from cases.imports.rows import Row
from cases.models import (
    Destruction,
    DossierExport,
    EmergencyAccess,
    Hold,
    Notification,
    PupilImport,
    PushSubscription,
    RightsRequest,
    SavedView,
    ShutOut,
    SiblingTie,
    YearExport,
    YearPaper,
)
from cases.notifications.push.devices import what_ends_sessions
from consultations.models import AgendaItem
from referrals.models import Decision, HelpPlan, Referral
from referrals.report.models import Report, ReportCopy
from tests.accounts.saml import saml_provider_of
from tests.factories import (
    ApiTokenFactory,
    AttachmentFactory,
    BoardFactory,
    CaseFactory,
    ConsultationFactory,
    ContactFactory,
    HelpItemFactory,
    IdentityProviderFactory,
    InjuryMarkFactory,
    InvitationFactory,
    MeetingFactory,
    PupilFactory,
    ReceivedDossierFactory,
    RoleInvitationFactory,
    SchoolFactory,
    SignalFactory,
    UserFactory,
    VacationFactory,
    member,
)


class World:
    """One case with every kind of record, and one person for every relation to it."""

    def __init__(self) -> None:
        self.school = SchoolFactory(board=BoardFactory())
        self.pupil = PupilFactory(school=self.school)
        self.people = self._people()
        self.colleague = self.people["teacher"]
        self.case = CaseFactory(pupil=self.pupil, step=2)
        for name in ("participant", "handed_over"):
            assign_perm("cases.take_part", self.people[name], self.case)
        assign_perm("cases.handed_over", self.people["handed_over"], self.case)
        self._shut_out()
        self.sibling = PupilFactory(school=self.school)
        self.sibling_tie = SiblingTie.objects.create(
            first=self.pupil, second=self.sibling, tied_by=self.people["coordinator"]
        )
        self.emergency = EmergencyAccess.objects.create(
            case=self.case,
            user=self.people["sister_leader"],
            reason="De school is dicht en de politie belt.",
            ends_at=timezone.now() + timedelta(hours=24),
        )
        self.signal = SignalFactory(case=self.case, author=self.people["author"])
        InjuryMarkFactory(signal=self.signal, note="Paars.")
        self.consultation = ConsultationFactory(
            case=self.case,
            author=self.people["coordinator"],
            planned_at=timezone.now() + timedelta(days=3),
            minutes=45,
        )
        self.time = self.consultation.times.create(
            starts_at=timezone.now() + timedelta(days=4), proposed_by=self.people["coordinator"]
        )
        self.year = YearExport.objects.create(
            school=self.school,
            requested_by=self.people["administrator"],
            year=2024,
            reason="Archief van het schooljaar.",
        )
        self.contact = ContactFactory(school=self.school)
        self.api_token = ApiTokenFactory(school=self.school, made_by=self.people["administrator"])
        self.joined = self._invite(self.people["joined"], accepted=True)
        self.invited = self._invite(self.people["invited"])
        self._invite(self.people["withdrawn"], accepted=True, withdrawn=True)
        self._reports()
        self.contact = ContactFactory(school=self.school)
        self.meeting = MeetingFactory(school=self.school, made_by=self.people["coordinator"])
        self.agenda_item = AgendaItem.objects.create(
            case=self.case, asked_by=self.people["coordinator"]
        )
        self.referral = self._referral()
        # Two that left the school, and a plan of own help beside them.
        self.sent = self._sent(Referral.To.SAVE)
        self.elsewhere = self._sent(Referral.To.OTHER, contact=self.contact)
        plan = HelpPlan.objects.create(decision=self.referral.decision)
        plan.goals.create(number=1, what="Op tijd komen.")
        self.attachment = AttachmentFactory(case=self.case, author=self.people["participant"])
        received = ReceivedDossierFactory(case=self.case, author=self.people["coordinator"])
        self.received_file = received.file
        self.role_invitation = RoleInvitationFactory(school=self.school)
        self.identity_provider = IdentityProviderFactory(school=self.school)
        self.saml_provider = saml_provider_of(self.school)
        self.export = DossierExport.objects.create(
            case=self.case,
            requested_by=self.people["administrator"],
            reason="Verzoek om inzage.",
        )
        self.year_paper = YearPaper.objects.create(
            school=self.school,
            year=SchoolYear.of(timezone.now()).first - 1,
            requested_by=self.people["administrator"],
        )
        self._lists_of_pupils()
        self.contact = ContactFactory(school=self.school)
        self.help_item = HelpItemFactory(school=self.school)
        self.notification = Notification.objects.create(
            recipient=self.people["coordinator"], kind="severe", key="1", case=self.case
        )
        self.device = PushSubscription.objects.create(
            user=self.people["coordinator"],
            endpoint=f"https://updates.push.services.mozilla.com/wpush/{uuid.uuid4()}",
            public_key="B" * 87,
            secret="A" * 22,
            device="Firefox, Windows",
            holds_while=what_ends_sessions(self.people["coordinator"]),
        )
        self.saved_view = SavedView.objects.create(
            user=self.people["coordinator"], name="Groep 8", query="urgency=severe"
        )
        self.hold = Hold.objects.create(
            case=self.case, set_by=self.people["coordinator"], reason="Er loopt een rechtszaak."
        )
        self.asked = RightsRequest.objects.create(
            school=self.school,
            pupil=self.pupil,
            kind="see",
            asker="parent",
            asked_by="Moeder",
            identity="document",
            received_on=timezone.localdate() - timedelta(days=3),
            registered_by=self.people["coordinator"],
        )
        self.certificate = Destruction.objects.create(
            school=self.school,
            first_by=self.people["administrator"],
            second_by=self.people["leader"],
            state=Destruction.State.DONE,
            started_at=timezone.now(),
            finished_at=timezone.now(),
            certificate={"number": "V-234567", "cases": 1, "pupils": 1, "rows": {"cases.Case": 1}},
        )
        self.vacation = VacationFactory(school=self.school, set_by=self.people["coordinator"])
        # Worker and beat are there: the health page says that all is well.
        now = timezone.now()
        Worker.objects.create(name=f"{uuid.uuid4()}", started_at=now, seen_at=now)
        Beat.objects.update_or_create(pk=1, defaults={"ticked_at": now})
        self.flag = Flag.objects.create(
            rule="at_night",
            user=self.people["coordinator"],
            school=self.school,
            day=timezone.localdate(),
            count=1,
        )

    def _people(self) -> dict[str, User | None]:
        team, elsewhere = self.school.buurtteam, SchoolFactory()
        at = self.school
        return {
            "signed_out": None,
            "nobody": UserFactory(),
            "author": member(Role.TEACHER, at),
            "teacher": member(Role.TEACHER, at),
            "participant": member(Role.TEACHER, at),
            "handed_over": member(Role.TEACHER, at),
            "coordinator": member(Role.COORDINATOR, at),
            "attention_officer": member(Role.ATTENTION_OFFICER, at),
            "leader": member(Role.SCHOOL_LEADER, at),
            "administrator": member(Role.ADMINISTRATOR, at),
            "joined": member(Role.BUURTTEAM_WORKER, team),
            "invited": member(Role.BUURTTEAM_WORKER, team),
            "withdrawn": member(Role.BUURTTEAM_WORKER, team),
            "other_worker": member(Role.BUURTTEAM_WORKER, team),
            # Shut out by a conflict of interest: one of the care team, and one who took part.
            "conflicted": member(Role.COORDINATOR, at),
            "conflicted_teacher": member(Role.TEACHER, at),
            # Leads a sister school of the same board, and came in by emergency access.
            "sister_leader": member(Role.SCHOOL_LEADER, SchoolFactory(board=at.board)),
            "other_teacher": member(Role.TEACHER, elsewhere),
            "other_coordinator": member(Role.COORDINATOR, elsewhere),
            "other_leader": member(Role.SCHOOL_LEADER, elsewhere),
            "other_administrator": member(Role.ADMINISTRATOR, elsewhere),
        }

    def _lists_of_pupils(self) -> None:
        """One that waits for a word, and one of which nobody said what its columns are."""
        known = {"school": self.school, "requested_by": self.people["administrator"]}
        self.pupil_import = PupilImport(**known, kind="edexml")
        born = self.pupil.birth_date
        sealed.seal_read(
            self.pupil_import, Read((Row(2, "4711", "Nieuw", "Kind", born, "2B"),), ())
        )
        self.pupil_import.save()
        self.import_columns = PupilImport(**known, kind="csv", state="columns")
        headings = ("Stamnr", "Roepnaam", "Achternaam", "Geboortedatum", "Klas")
        row = TableRow(2, ("4712", "Nog", "Iemand", "4-3-2015", "2B"))
        sealed.seal_table(self.import_columns, Table(headings, (row,)), ())
        self.import_columns.save()

    def _shut_out(self) -> None:
        assign_perm("cases.take_part", self.people["conflicted_teacher"], self.case)
        self.shut_out, __ = (
            ShutOut.objects.create(
                pupil=self.pupil,
                user=self.people[name],
                ground=ShutOut.Ground.FAMILY,
                set_by=self.people["coordinator"],
            )
            for name in ("conflicted", "conflicted_teacher")
        )

    def _invite(self, user: User, *, accepted: bool = False, withdrawn: bool = False):
        now = timezone.now()
        return InvitationFactory(
            consultation=self.consultation,
            user=user,
            buurtteam=self.school.buurtteam,
            accepted_at=now if accepted else None,
            withdrawn_at=now if withdrawn else None,
        )

    def _reports(self) -> None:
        """Two reports that were made by telephone: one still a draft, one filed, with its copy."""
        by, now = self.people["coordinator"], timezone.now()
        self.report, self.filed_report = (self._report_by(by, now) for __ in range(2))
        self.filed_report.filed_at, self.filed_report.filed_by = now, by
        self.filed_report.save()
        self.reported = self.report.referral
        self.report_copy = ReportCopy.objects.create(
            report=self.filed_report,
            requested_by=by,
            reason="Voor Veilig Thuis, per beveiligde mail.",
            state=ReportCopy.State.READY,
            finished_at=now,
            file=ContentFile(b"%PDF-1.7", name="a.pdf"),
        )

    def _report_by(self, by: User, now: datetime) -> Report:
        decision = Decision.objects.create(
            case=self.case,
            author=by,
            decided_at=now,
            report=True,
            report_grounds="Structurele onveiligheid.",
            help=Decision.Help.NONE,
            help_grounds="Ouders willen geen hulp.",
        )
        referral = Referral.objects.create(
            decision=decision, to=Referral.To.VEILIG_THUIS, family_told=True,
            sent_at=now, sent_by=by, confirmed_at=now, confirmed_by=by,
        )  # fmt: skip
        return Report.objects.create(referral=referral, started_by=by, saved_by=by)

    def _referral(self) -> Referral:
        decision = Decision.objects.create(
            case=self.case,
            author=self.people["coordinator"],
            decided_at=timezone.now(),
            report=False,
            report_grounds="Geen acute of structurele onveiligheid.",
            help=Decision.Help.BUURTTEAM,
            help_grounds="Ouders willen hulp.",
            idempotency_key=uuid.uuid4(),
        )
        return Referral.objects.create(
            decision=decision, to=Referral.To.BUURTTEAM, family_told=True
        )

    def _sent(self, to: str, **fields: object) -> Referral:
        now, by = timezone.now(), self.people["coordinator"]
        return Referral.objects.create(
            decision=self.referral.decision,
            to=to,
            family_told=True,
            sent_at=now,
            confirmed_at=now,
            sent_by=by,
            confirmed_by=by,
            **fields,
        )
