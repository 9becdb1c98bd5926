"""Every URL × everybody: who gets in, from a table that one can read; nothing may be missing."""

from collections.abc import Iterable

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from background.models import Beat, Worker
from cases.figures.school_year import SchoolYear
from tests.attacks.proof import shows
from tests.world import World

# Whoever has a role at the case's own school.
TEACHERS = ("author", "teacher", "participant", "handed_over")
CARE_TEAM = ("coordinator", "attention_officer")
RUNS_CASES = (*CARE_TEAM, "leader")
# Who holds a role and may not know of the case: at another school, or shut out of this one.
COORDINATORS_ELSEWHERE = ("other_coordinator", "conflicted")
LEADERS_ELSEWHERE = ("other_leader", "sister_leader")
ELSEWHERE = ("other_teacher", "conflicted_teacher", *COORDINATORS_ELSEWHERE, *LEADERS_ELSEWHERE)
WORKERS = ("joined", "invited", "withdrawn", "other_worker")
LOGS_SIGNALS = (*TEACHERS, *RUNS_CASES, *ELSEWHERE)
ASKS = (*RUNS_CASES, "participant", "handed_over")
# Emergency access lets one see the case, and nothing more.
SEES_CASE = (*ASKS, "sister_leader")
MOVES_CASE = (*RUNS_CASES, "handed_over")
ADMINISTRATORS = ("administrator", "other_administrator")
EXPORTS_SOMEWHERE = (
    *RUNS_CASES, *COORDINATORS_ELSEWHERE, *LEADERS_ELSEWHERE, *ADMINISTRATORS,
)  # fmt: skip
SEES_PEOPLE = (*ADMINISTRATORS, "leader", *LEADERS_ELSEWHERE)
OF_THE_SCHOOLS = (*TEACHERS, *RUNS_CASES, *ELSEWHERE, *ADMINISTRATORS)
LOOKS_AFTER_CONTACTS = (*CARE_TEAM, *COORDINATORS_ELSEWHERE, *ADMINISTRATORS)
# Of this very school.
MANAGES_CONTACTS = (*CARE_TEAM, "conflicted", "administrator")
EVERYBODY = (
    *TEACHERS, *RUNS_CASES, "administrator", *WORKERS, *ELSEWHERE, "other_administrator", "nobody",
)  # fmt: skip
HAS_A_ROLE = tuple(who for who in EVERYBODY if who != "nobody")
DESTROYS = ("coordinator", "leader", "administrator")
SEES_DESTRUCTION = (
    "coordinator", "leader", *COORDINATORS_ELSEWHERE, *LEADERS_ELSEWHERE, *ADMINISTRATORS,
)  # fmt: skip
SEES_DASHBOARD = (*RUNS_CASES, *COORDINATORS_ELSEWHERE, *LEADERS_ELSEWHERE)
PUBLIC = "public"
# The school year that is over, by the year in which it began.
LAST_YEAR = SchoolYear.of(timezone.now()).first - 1

# URL name → who gets in. For everybody else it is not there (404); signed out: the sign-in page.
# fmt: off
MATRIX: dict[str, tuple[str, ...] | str] = {
    "home":                                  EVERYBODY,
    "todo":                                  HAS_A_ROLE,
    "help":                                  EVERYBODY,
    "guide":                                 EVERYBODY,
    "protocol":                              EVERYBODY,
    "tour":                                  EVERYBODY,
    "accessibility":                         PUBLIC,
    "close_introduction":                    EVERYBODY,
    "show_introduction":                     EVERYBODY,
    "design":                                ADMINISTRATORS,
    "health":                                PUBLIC,
    "health_web":                            PUBLIC,
    "metrics":                               PUBLIC,  # and says nothing without its token
    "set_language":                          PUBLIC,
    "set_theme":                             PUBLIC,
    "account_login":                         PUBLIC,
    "account_logout":                        PUBLIC,
    "account_change_password":               EVERYBODY,
    "account_reset_password":                PUBLIC,
    "account_reset_password_done":           PUBLIC,
    "account_reset_password_from_key":       PUBLIC,
    "account_reset_password_from_key_done":  PUBLIC,
    "account_set_password":                  EVERYBODY,
    "account_reauthenticate":                EVERYBODY,
    "sessions":                              EVERYBODY,
    "end_session":                           (),  # one's own only: tested apart
    "end_other_sessions":                    EVERYBODY,
    "stay":                                  EVERYBODY,
    "mfa_index":                             EVERYBODY,
    "mfa_authenticate":                      PUBLIC,
    "mfa_reauthenticate":                    EVERYBODY,
    "mfa_reauthenticate_webauthn":           EVERYBODY,
    "mfa_login_webauthn":                    PUBLIC,
    "mfa_activate_totp":                     EVERYBODY,
    "mfa_deactivate_totp":                   (),  # whoever has one: tested apart, as those below
    "mfa_view_recovery_codes":               (),
    "mfa_generate_recovery_codes":           EVERYBODY,
    "mfa_list_webauthn":                     EVERYBODY,
    "mfa_add_webauthn":                      EVERYBODY,
    "mfa_edit_webauthn":                     (),
    "mfa_remove_webauthn":                   (),
    "people:people":                         SEES_PEOPLE,
    "people:invite":                         ADMINISTRATORS,
    "people:invite_list":                    ADMINISTRATORS,
    "people:send_invitations":               ADMINISTRATORS,
    "people:withdraw_invitation":            ("administrator",),
    "people:person":                         ("leader", "administrator"),
    "people:give_role":                      ("administrator",),
    "people:end_role":                       ("administrator",),
    "people:reset_second_factor":            ("administrator",),
    "sso:start":                             PUBLIC,
    "sso:refused":                           PUBLIC,
    "sso:callback":                          PUBLIC,
    "sso:providers":                         ADMINISTRATORS,
    "sso:add":                               ADMINISTRATORS,
    "sso:change":                            ("administrator",),
    "sso:switch":                            ("administrator",),
    "sso:saml_callback":                     PUBLIC,
    "sso:saml_finish":                       PUBLIC,
    "sso:saml_metadata":                     PUBLIC,
    "sso:saml_add":                          ADMINISTRATORS,
    "systems:list":                          SEES_PEOPLE,
    "systems:new":                           ADMINISTRATORS,
    "systems:revoke":                        ("administrator",),
    # These look at no session; whoever brings no token gets a 401 (tests/api).
    "api:openapi":                           PUBLIC,
    "api:pupils":                            PUBLIC,
    "api:signals":                           PUBLIC,
    "api:counts":                            PUBLIC,
    "people:invitation":                     PUBLIC,
    "people:open_invitation":                PUBLIC,
    "people:new_link":                       PUBLIC,
    "notifications:list":                    EVERYBODY,
    "notifications:open":                    ("coordinator",),  # whose it is
    "notifications:read_all":                EVERYBODY,
    "notifications:settings":                EVERYBODY,
    "notifications:add_device":              EVERYBODY,
    "notifications:remove_device":           ("coordinator",),  # whose it is
    "push_worker":                           PUBLIC,
    "audit:mine":                            EVERYBODY,
    "audit:school":                          ADMINISTRATORS,
    "audit:export":                          ADMINISTRATORS,
    "audit:flags":                           (*ADMINISTRATORS, "leader", *LEADERS_ELSEWHERE),
    "audit:settle":                          ("administrator",),
    "background:work":                       ADMINISTRATORS,
    "background:again":                      ADMINISTRATORS,
    "background:item_again":                 ("administrator",),
    "signals:mine":                          LOGS_SIGNALS,
    "signals:new":                           LOGS_SIGNALS,
    "signals:pupils":                        LOGS_SIGNALS,
    "signals:receive":                       (*CARE_TEAM, *COORDINATORS_ELSEWHERE),
    "signals:throw_draft_away":              LOGS_SIGNALS,
    "signals:detail":                        ("author", *SEES_CASE),
    "signals:correct":                       ("author",),
    "signals:unfounded":                     MOVES_CASE,
    "cases:dashboard":                       SEES_DASHBOARD,
    "cases:views":                           SEES_DASHBOARD,
    "cases:save_view":                       SEES_DASHBOARD,
    "cases:rename_view":                     ("coordinator",),  # whose it is
    "cases:remove_view":                     ("coordinator",),  # whose it is
    "cases:detail":                          SEES_CASE,
    "cases:step":                            SEES_CASE,
    "cases:timeline":                        SEES_CASE,
    "cases:people":                          SEES_CASE,
    "cases:files":                           SEES_CASE,
    "cases:whole":                           SEES_CASE,
    # A pupil is a pupil of the school to whoever is shut out of their cases too: as empty a page.
    "cases:pupil":                           (*RUNS_CASES, "conflicted"),
    "cases:add_sibling":                     (*CARE_TEAM, "conflicted"),
    "cases:end_sibling":                     (*CARE_TEAM, "conflicted"),
    "cases:readers":                         RUNS_CASES,
    "cases:take_on":                         RUNS_CASES,
    "cases:participants":                    RUNS_CASES,
    "cases:remove_participant":              RUNS_CASES,
    "cases:conversation":                    MOVES_CASE,
    "cases:prepare_talk":                    SEES_CASE,
    "cases:skip":                            MOVES_CASE,
    "cases:assessment":                      MOVES_CASE,
    "cases:weighed":                         MOVES_CASE,
    "cases:explain":                         MOVES_CASE,
    "cases:look_back":                       MOVES_CASE,
    "cases:statement":                       MOVES_CASE,
    "cases:new_cycle":                       MOVES_CASE,
    "cases:close":                           MOVES_CASE,
    "cases:emergency":                       ("leader", *LEADERS_ELSEWHERE),
    "cases:end_emergency":                   (*RUNS_CASES, "sister_leader"),
    "cases:shut_out":                        RUNS_CASES,
    "cases:end_shut_out":                    RUNS_CASES,
    "cases:periods":                         (*CARE_TEAM, *COORDINATORS_ELSEWHERE),
    "cases:vacations":                       LOOKS_AFTER_CONTACTS,
    "cases:add_vacation":                    LOOKS_AFTER_CONTACTS,
    "cases:vacation_lines":                  LOOKS_AFTER_CONTACTS,
    "cases:vacation_file":                   LOOKS_AFTER_CONTACTS,
    "cases:change_vacation":                 MANAGES_CONTACTS,
    "cases:remove_vacation":                 MANAGES_CONTACTS,
    "cases:put_off":                         MOVES_CASE,
    "cases:go_on":                           MOVES_CASE,
    "cases:contacts":                        OF_THE_SCHOOLS,
    "cases:add_contact":                     LOOKS_AFTER_CONTACTS,
    "cases:change_contact":                  MANAGES_CONTACTS,
    "cases:contact_checked":                 MANAGES_CONTACTS,
    "cases:remove_contact":                  MANAGES_CONTACTS,
    "cases:help_items":                      ADMINISTRATORS,
    "cases:own_help":                        ADMINISTRATORS,
    "cases:add_help":                        ADMINISTRATORS,
    "cases:change_help":                     ("administrator",),
    "cases:move_help":                       ("administrator",),
    "cases:remove_help":                     ("administrator",),
    "cases:statistics":                      (*CARE_TEAM, *COORDINATORS_ELSEWHERE),
    "cases:year_report":                     (*SEES_DASHBOARD, *ADMINISTRATORS),
    "cases:year_texts":                      ("leader", *LEADERS_ELSEWHERE, *ADMINISTRATORS),
    "cases:ask_year_paper":                  (*SEES_DASHBOARD, *ADMINISTRATORS),
    "cases:year_paper":                      ("administrator",),  # who asked for it
    "cases:year_paper_download":             (),  # its file is not ready: tested apart
    "consultations:figures":                 WORKERS,
    "cases:destruction":                     SEES_DESTRUCTION,
    "cases:look_again":                      SEES_DESTRUCTION,
    "cases:approve_destruction":             SEES_DESTRUCTION,
    "cases:retention":                       SEES_DESTRUCTION,
    "cases:certificate":                     (*DESTROYS, "conflicted"),
    "cases:hold":                            DESTROYS,
    "cases:lift_hold":                       DESTROYS,
    "cases:requests":                        (*SEES_DASHBOARD, *ADMINISTRATORS),
    "cases:request":                         RUNS_CASES,
    "cases:longer":                          RUNS_CASES,
    "cases:answer_request":                  RUNS_CASES,
    "cases:letter":                          RUNS_CASES,
    "cases:whose_request":                   SEES_DASHBOARD,
    # Whoever is shut out takes a letter as anybody does.
    "cases:new_request":                     (*RUNS_CASES, "conflicted"),
    "cases:exportable":                      ("administrator", "other_administrator"),
    "cases:attach":                          ASKS,
    "cases:file":                            SEES_CASE,
    "cases:received":                        SEES_CASE,
    "cases:withdraw_file":                   ("participant", *MOVES_CASE),  # added by the former
    "cases:imports":                         ("leader", *LEADERS_ELSEWHERE, *ADMINISTRATORS),
    "cases:new_import":                      ADMINISTRATORS,
    "cases:pupil_import":                    ("administrator",),  # who sent it, as those below
    "cases:import_columns":                  ("administrator",),
    "cases:decide_import":                   ("administrator",),
    "cases:agree_import":                    ("administrator",),
    "cases:discard_import":                  ("administrator",),
    "cases:years":                           ADMINISTRATORS,
    "cases:year":                            ("administrator",),
    "cases:cancel_year":                     ("administrator",),
    "cases:year_download":                   (),  # its file is not ready: for nobody, tested apart
    "cases:check_paper":                     EXPORTS_SOMEWHERE,
    "cases:dossier":                         (*RUNS_CASES, "administrator"),
    "cases:export":                          ("administrator",),
    "cases:export_download":                 (),  # its file is not ready: for nobody, tested apart
    "consultations:new":                     ASKS,
    "consultations:call":                    ASKS,
    "consultations:inbox":                   (*TEACHERS, *RUNS_CASES, *WORKERS, *ELSEWHERE),
    "consultations:detail":                  (*SEES_CASE, "joined"),
    "consultations:outcome":                 CARE_TEAM,
    "consultations:invite":                  CARE_TEAM,
    "consultations:propose":                 CARE_TEAM,
    "consultations:agree":                   CARE_TEAM,
    "consultations:answer_times":            ("joined",),
    "consultations:calendar":                (*SEES_CASE, "joined"),
    "consultations:accept":                  ("invited",),
    "consultations:decline":                 ("invited",),
    "consultations:hand_over":               ("invited",),
    "consultations:withdraw":                CARE_TEAM,
    "consultations:meetings":                (*CARE_TEAM, *COORDINATORS_ELSEWHERE),
    "consultations:plan_meeting":            (*CARE_TEAM, *COORDINATORS_ELSEWHERE),
    # Whoever is kept out of one of its cases sees the meeting, and not that case.
    "consultations:meeting":                 (*CARE_TEAM, "conflicted"),
    "consultations:move_meeting":            (*CARE_TEAM, "conflicted"),
    "consultations:close_meeting":           (*CARE_TEAM, "conflicted"),
    "consultations:discuss":                 CARE_TEAM,
    "consultations:put_on_agenda":           ASKS,
    "consultations:take_off_agenda":         CARE_TEAM,  # and who asked: tested apart
    "referrals:decide":                      MOVES_CASE,
    "referrals:feedback":                    MOVES_CASE,
    "referrals:detail":                      SEES_CASE,
    "referrals:prepare":                     MOVES_CASE,
    "referrals:move":                        MOVES_CASE,
    "referrals:pass_on":                     MOVES_CASE,
    "referrals:goal":                        MOVES_CASE,
    "referrals:sent":                        MOVES_CASE,
    "referrals:received":                    MOVES_CASE,
    "referrals:withdraw":                    MOVES_CASE,
    "referrals:report_of_case":              MOVES_CASE,
    "referrals:report_of":                   MOVES_CASE,
    "referrals:report":                      MOVES_CASE,
    "referrals:write_report":                MOVES_CASE,
    "referrals:file_report":                 MOVES_CASE,
    "referrals:correct_report":              MOVES_CASE,
    "referrals:read_report_out":             MOVES_CASE,
    "referrals:request_copy":                MOVES_CASE,
    "referrals:copy":                        ("coordinator",),  # who asked for it
    "referrals:copy_download":               ("coordinator",),
}
# fmt: on

# What only changes something: asked by POST, and undone after each person.
POST_ONLY = {
    "background:again",
    "background:item_again",
    "cases:agree_import",
    "cases:cancel_year",
    "cases:decide_import",
    "cases:discard_import",
    "cases:end_emergency",
    "cases:end_sibling",
    "cases:ask_year_paper",
    "cases:look_again",
    "cases:contact_checked",
    "cases:remove_contact",
    "cases:own_help",
    "cases:move_help",
    "cases:remove_help",
    "signals:pupils",
    "signals:throw_draft_away",
    "close_introduction",
    "show_introduction",
    "notifications:read_all",
    "notifications:add_device",
    "notifications:remove_device",
    "end_session",
    "end_other_sessions",
    "people:withdraw_invitation",
    "people:new_link",
    "cases:take_on",
    "cases:go_on",
    "cases:remove_vacation",
    "cases:remove_view",
    "cases:remove_participant",
    "cases:weighed",
    "consultations:accept",
    "consultations:withdraw",
    "consultations:close_meeting",
    "consultations:put_on_agenda",
    "consultations:take_off_agenda",
    "referrals:sent",
    "referrals:received",
}

# What only shows something, whoever asks: nothing can be sent to it.
READ_ONLY = {
    "mfa_view_recovery_codes",
    "push_worker",
    "sso:callback",
    "sso:refused",
    "sso:saml_finish",
    "sso:saml_metadata",
}

# Pages on cases that are about no case in particular.
OF_THE_SCHOOL = {
    "cases:destruction",
    "cases:look_again",
    "cases:approve_destruction",
    "cases:retention",
    "cases:requests",
    "cases:contacts",
    "cases:add_contact",
    "cases:help_items",
    "cases:own_help",
    "cases:add_help",
    "cases:dashboard",
    "cases:views",
    "cases:save_view",
    "cases:emergency",
    "cases:check_paper",
    "cases:whose_request",
    "cases:years",
    "cases:exportable",
    "cases:imports",
    "cases:new_import",
    "cases:periods",
    "cases:statistics",
    "cases:year_report",
    "cases:year_texts",
    "cases:ask_year_paper",
    "cases:vacations",
    "cases:add_vacation",
    "cases:vacation_lines",
    "cases:vacation_file",
}

# Pages of a library: their audience stands in the table above, and nowhere else.
FROM_LIBRARIES = {name for name in MATRIX if name.startswith(("account_", "mfa_"))}


def all_patterns(resolver=None, namespace=""):
    """Yield name and view of every URL."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from all_patterns(pattern, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}", pattern.callback


def arguments(name: str, world: World) -> list:
    """Return what the URL takes, of the world's own objects."""
    case, consultation = [world.case.reference], [world.consultation.reference]
    special = {
        "account_reset_password_from_key": ["1", "no-key"],
        "guide": ["teacher"],
        "end_session": ["no-sign"],
        "mfa_edit_webauthn": [1],
        "mfa_remove_webauthn": [1],
        "people:open_invitation": ["no-secret"],
        "people:withdraw_invitation": [world.role_invitation.public_id],
        "people:person": [world.people["teacher"].public_id],
        "people:give_role": [world.people["teacher"].public_id],
        "people:reset_second_factor": [world.people["teacher"].public_id],
        "people:end_role": [world.people["teacher"].memberships.get().public_id],
        "sso:callback": [world.identity_provider.public_id],
        "sso:change": [world.identity_provider.public_id],
        "sso:switch": [world.identity_provider.public_id],
        "sso:saml_callback": [world.saml_provider.public_id],
        "sso:saml_finish": [world.saml_provider.public_id],
        "sso:saml_metadata": [world.saml_provider.public_id],
        "systems:revoke": [world.api_token.public_id],
        "notifications:open": [world.notification.public_id],
        "notifications:remove_device": [world.device.public_id],
        "audit:settle": [world.flag.public_id],
        "background:again": ["audit.tasks.seal"],
        "background:item_again": ["dossiers", world.export.public_id],
        "signals:detail": [world.signal.reference],
        "signals:correct": [world.signal.reference],
        "signals:unfounded": [world.signal.reference],
        "cases:end_shut_out": [*case, world.shut_out.public_id],
        "cases:end_emergency": [world.emergency.public_id],
        "cases:explain": [*case, "R12"],
        "cases:step": [*case, 2],
        "cases:lift_hold": [world.hold.public_id],
        "cases:certificate": [world.certificate.public_id],
        "cases:request": [world.asked.public_id],
        "cases:longer": [world.asked.public_id],
        "cases:answer_request": [world.asked.public_id],
        "cases:letter": [world.asked.public_id],
        "cases:new_request": [world.pupil.public_id],
        "cases:pupil": [world.pupil.public_id],
        "cases:add_sibling": [world.pupil.public_id],
        "cases:end_sibling": [world.pupil.public_id, world.sibling_tie.public_id],
        "cases:file": [*case, world.attachment.public_id],
        "cases:received": [*case, world.received_file.public_id],
        "cases:withdraw_file": [*case, world.attachment.public_id],
        "cases:remove_participant": [*case, world.people["participant"].public_id],
        "cases:year_texts": [LAST_YEAR],
        "cases:ask_year_paper": [LAST_YEAR],
        "cases:year_paper": [world.year_paper.public_id],
        "cases:year_paper_download": [world.year_paper.public_id],
        "cases:pupil_import": [world.pupil_import.public_id],
        "cases:import_columns": [world.import_columns.public_id],
        "cases:decide_import": [world.pupil_import.public_id],
        "cases:agree_import": [world.pupil_import.public_id],
        "cases:discard_import": [world.pupil_import.public_id],
        "cases:year": [world.year.public_id],
        "cases:cancel_year": [world.year.public_id],
        "cases:year_download": [world.year.public_id],
        "cases:export": [world.export.public_id],
        "cases:export_download": [world.export.public_id],
        "cases:change_contact": [world.contact.public_id],
        "cases:contact_checked": [world.contact.public_id],
        "cases:remove_contact": [world.contact.public_id],
        "cases:change_vacation": [world.vacation.public_id],
        "cases:remove_vacation": [world.vacation.public_id],
        "cases:rename_view": [world.saved_view.public_id],
        "cases:remove_view": [world.saved_view.public_id],
        "cases:change_help": [world.help_item.public_id],
        "cases:move_help": [world.help_item.public_id],
        "cases:remove_help": [world.help_item.public_id],
        "consultations:meeting": [world.meeting.public_id],
        "consultations:move_meeting": [world.meeting.public_id],
        "consultations:close_meeting": [world.meeting.public_id],
        "consultations:discuss": [world.meeting.public_id, *case],
        "consultations:put_on_agenda": case,
        "consultations:take_off_agenda": case,
        "consultations:new": case,
        "consultations:call": case,
        "consultations:detail": consultation,
        "consultations:outcome": consultation,
        "consultations:invite": consultation,
        "consultations:propose": consultation,
        "consultations:agree": consultation,
        "consultations:answer_times": consultation,
        "consultations:calendar": consultation,
        "consultations:accept": [world.invited.public_id],
        "consultations:decline": [world.invited.public_id],
        "consultations:hand_over": [world.invited.public_id],
        "consultations:withdraw": [world.joined.public_id],
        "referrals:decide": case,
        "referrals:feedback": case,
        "referrals:detail": [world.sent.public_id],
        "referrals:prepare": [world.referral.public_id],
        "referrals:move": [world.sent.public_id],
        "referrals:pass_on": [world.sent.public_id],
        "referrals:goal": case,
        "referrals:sent": [world.referral.public_id],
        "referrals:received": [world.referral.public_id],
        "referrals:withdraw": [world.referral.public_id],
        "referrals:report_of_case": case,
        "referrals:report_of": [world.reported.public_id],
        "referrals:report": [world.report.public_id],
        "referrals:write_report": [world.report.public_id],
        "referrals:file_report": [world.report.public_id],
        "referrals:correct_report": [world.filed_report.public_id],
        "referrals:read_report_out": [world.report.public_id],
        "referrals:request_copy": [world.filed_report.public_id],
        "referrals:copy": [world.report_copy.public_id],
        "referrals:copy_download": [world.report_copy.public_id],
    }
    if name in special:
        return special[name]
    takes_case = name.startswith("cases:") and name not in OF_THE_SCHOOL
    return case if takes_case else []


def test_every_url_stands_in_the_table():
    assert {name for name, _ in all_patterns()} == set(MATRIX)


def test_every_view_declares_who_may_use_it():
    undeclared = [
        name
        for name, view in all_patterns()
        if name not in FROM_LIBRARIES and not getattr(view, "access", None)
    ]
    assert undeclared == []


@pytest.fixture
def well(world) -> World:
    """The world, of which worker and beat were heard just now, however long it stands."""
    Worker.objects.update(seen_at=timezone.now())
    Beat.objects.update(ticked_at=timezone.now())
    return world


@shows("ids-1")
@pytest.mark.usefixtures("blank_pages")
@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(set(MATRIX) - POST_ONLY))
def test_who_gets_in(name, browser_of, well):
    world = well
    url = reverse(name, args=arguments(name, world))
    got = {who: _outcome(browser_of(who).get(url)) for who in world.people}
    assert got == _expected(name)


# The same views as who asks for the whole page, which both databases are asked.
@shows("ids-8")
@pytest.mark.any_database
@pytest.mark.usefixtures("blank_pages")
@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(set(MATRIX) - POST_ONLY))
def test_asking_for_the_headers_alone_tells_no_more(name, browser_of, well):
    world = well
    url = reverse(name, args=arguments(name, world))
    allowed = [who for who in world.people if _expected(name)[who] == "in"]
    for who in (*allowed[:1], "other_coordinator", "signed_out"):
        assert _outcome(browser_of(who).head(url)) == _expected(name)[who], who


@pytest.mark.any_database
@shows("ids-8")
@pytest.mark.django_db
@pytest.mark.parametrize("who", ["coordinator", "other_coordinator", "signed_out"])
def test_other_methods_are_refused_to_everybody_alike(who, browser_of, world):
    client = browser_of(who)
    answers = {
        (name, method): client.generic(method, reverse(name, args=arguments(name, world)))
        for name in MATRIX
        for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")
    }
    refused = {asked: answer.status_code for asked, answer in answers.items()}
    # A list of pupils is put; this is none, and comes without a token.
    assert refused.pop(("api:pupils", "PUT")) == 401
    assert refused == dict.fromkeys(refused, 405)


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(POST_ONLY))
def test_who_may_change(name, browser_of, world):
    url = reverse(name, args=arguments(name, world))
    for who in MATRIX[name]:
        with transaction.atomic():
            assert _outcome(browser_of(who).post(url)) == "in", (who, name)
            transaction.set_rollback(True)


# Of what can be looked at too, both databases are asked above who gets in: the same views.
@shows("ids-1")
@pytest.mark.usefixtures("bare_not_found")
@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in POST_ONLY else pytest.mark.any_database)
        for name in sorted(set(MATRIX) - READ_ONLY)
    ],
)
def test_who_may_send(name, browser_of, world):
    allowed = MATRIX[name]
    url = reverse(name, args=arguments(name, world))
    shut_out = [who for who in world.people if allowed is not PUBLIC and who not in allowed]
    for who in shut_out:
        expected = "sign in" if who == "signed_out" else "not there"
        assert _outcome(browser_of(who).post(url)) == expected, (who, name)


def _outcome(response) -> str:
    if response.status_code == 404:
        return "not there"
    if response.status_code == 302 and "/account/login/?next=" in response["Location"]:
        return "sign in"
    assert response.status_code in (200, 204, 302, 401, 405), response.status_code
    return "in"


def first_to_see(name: str, people: Iterable[str]) -> str | None:
    """Return the first of these people who may see a page, if any: for what is the same to all."""
    allowed = MATRIX[name]
    return next((who for who in people if allowed is PUBLIC or who in allowed), None)


def _expected(name: str) -> dict[str, str]:
    allowed = MATRIX[name]
    people = (*EVERYBODY, "signed_out")
    if allowed is PUBLIC:
        return dict.fromkeys(people, "in")
    expected = {who: "in" if who in allowed else "not there" for who in EVERYBODY}
    return {**expected, "signed_out": "sign in"}
