"""A case whose every field holds a word of its own, where there are keys: after all that anybody
does, none of these words stands in the database or in the files, but for what is named here."""

import pytest
from django.conf import settings

from cases.dossier.tasks import make_dossier
from cases.models import DossierExport
from cases.search.sealed_words import keep_words
from referrals.report.models import ReportCopy
from referrals.report.tasks import make_report_pdf
from tests.accounts.every_form import FORMS
from tests.at_rest import FIRST, files, whole_database
from tests.test_canary import (  # noqa: F401 - fixtures
    LAST,
    markers,
    queue,
    walked,
    world,
)

pytestmark = [pytest.mark.django_db, pytest.mark.production]

# What stands readable all the same: why, and into which fields it was typed.
# fmt: off
READABLE: dict[str, set[str]] = {
    "search finds pupils by it, also where it is written a little differently": {
        "given_name", "family_name", "class_name",
    },
    "who helps or decides, by trade or name; lists and tasks look for it": {
        "who", "taken_on_by", "referrals:goal who", "referrals:decide goal_who",
        "referrals:move taken_on_by", "referrals:pass_on taken_on_by",
        "referrals:decide case_manager", "consultations:discuss decided_by",
        "consultations:outcome decided_by", "consultations:call spoken_to",
        "consultations:call their_reference", "cases:assessment consulted",
        "cases:skip weighed_with", "cases:conversation buurtteam_contact",
        "cases:conversation interpreter",
    },
    "where people meet": {
        "consultations:agree place", "consultations:plan_meeting place",
        "consultations:move_meeting place",
    },
    "of the school, and about nobody's family": {
        "cases:add_contact name", "cases:add_contact hours", "cases:change_contact name",
        "cases:change_contact hours", "cases:add_help title", "cases:add_help text",
        "cases:change_help title", "cases:change_help text", "cases:add_vacation name",
        "cases:change_vacation name", "cases:save_view name", "cases:rename_view name",
        "cases:year_texts agreements", "cases:year_texts knowledge", "people:invite name",
        "sso:add client_id", "sso:add name", "sso:change client_id", "sso:change name",
        "sso:saml_add name", "systems:new name",
    },
}
# fmt: on


@pytest.fixture(autouse=True)
def _keys(settings):
    settings.DATA_KEYS = [FIRST]


def test_a_stolen_database_says_nothing_of_a_family(walked):  # noqa: F811
    rows = {row.name: row for row in FORMS}
    for name in LAST:
        walked.send(rows[name])
    keep_words()
    for export in DossierExport.objects.all():
        make_dossier(str(export.public_id))
    for copy in ReportCopy.objects.filter(state=ReportCopy.State.WAITING):
        make_report_pdf(str(copy.public_id))
    assert DossierExport.objects.filter(state=DossierExport.State.READY).exists()

    there = {field for _, field in walked.markers.found(whole_database())}
    assert sorted(there) == sorted(set().union(*READABLE.values()))

    assert len(files()) > 2
    for path in files():
        content = path.read_bytes()
        assert content.startswith(b"meldcode-file-1:"), path.relative_to(settings.MEDIA_ROOT)
        assert b"%PDF" not in content
