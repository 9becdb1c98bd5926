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

pytestmark = pytest.mark.django_db

# What stands readable all the same, by the field into which it was typed, and why.
READABLE: dict[str, set[str]] = {}


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
    assert there == set().union(*READABLE.values())

    assert len(files()) > 2
    for path in files():
        content = path.read_bytes()
        assert content.startswith(b"meldcode-file-1:"), path.relative_to(settings.MEDIA_ROOT)
        assert b"%PDF" not in content
