"""Which records can be handed over was read without a trace. It failed on its day."""

import pytest
from django.urls import reverse

from audit.kinds import Kind
from audit.models import LogEntry
from tests.factories import CaseFactory, PupilFactory, SignalFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("kind", "rows"), [("buurtteam", 1), ("veilig_thuis", 1), ("parents", 0)])
def test_what_an_administrator_reads_before_they_say_why(
    school, administrator, signed_in, kind, rows
):
    """How many signals there are and of when, whether somebody decided, how it ended."""
    case = CaseFactory(pupil=PupilFactory(school=school))
    SignalFactory(case=case)
    url = reverse("cases:dossier", args=[case.reference])
    page = signed_in(administrator).get(f"{url}?kind={kind}").content.decode()
    assert ('name="chosen"' in page) is bool(rows)
    read = LogEntry.objects.filter(actor=administrator, case_reference=case.reference)
    assert [row.kind for row in read] == [Kind.READ] * rows
