"""The bench of papers with a case of ten records: it runs, and notices what is wrong."""

import shutil

import pytest
from django.utils import timezone

from bench.goals import missed
from bench.papering import Printed, plant, words_of
from bench.papers import Measured, goals, lost, report
from cases.dossier.contents import dossier
from cases.dossier.pdf import make_pdf
from cases.models import Case, DossierExport
from tests.factories import UserFactory


@pytest.mark.django_db
@pytest.mark.skipif(not shutil.which("pdftotext"), reason="the bench asks pdftotext what it reads")
def test_every_word_of_a_case_in_all_scripts_is_read_back(tmp_path):
    plant((10,), lambda line: None)
    case = Case.objects.get()
    assert len(set(words_of(case.pk))) > 60
    export = DossierExport.objects.create(case=case, requested_by=UserFactory(), reason="Meten.")
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(make_pdf(dossier(export, timezone.localtime()), lambda percent: None))
    assert lost(case.pk, paper) == []
    case.signals.update(facts="onvindbaar")
    assert lost(case.pk, paper) == ["onvindbaar"]


def measured(entries, ours, bare, *, pages=10, memory=100, words=()):
    one, other = (Printed(cpu, cpu, pages, memory * 2**20, 1) for cpu in (ours, bare))
    return Measured(entries, [one], [other], list(words))


@pytest.mark.django_db
def test_goals_that_are_missed_are_named(capsys):
    found = [measured(20, 1.0, 1.0), measured(200, 2.0, 1.0, memory=500, words=["weg"])]
    assert [goal.what for goal in missed(goals(found))] == [
        "a page of the longest, as often as one of the shortest",
        "memory (MB)",
        "200 entries, as often as bare WeasyPrint",
        "200 entries, words lost",
    ]
    assert report(found) == 1
    assert report(found[:1]) == 0
    assert "Every goal holds." in capsys.readouterr().out
