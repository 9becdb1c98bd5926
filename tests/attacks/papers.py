"""A paper of a case as who reads it has it, for tests that compare two."""

import re
from difflib import unified_diff

import time_machine
from django.db import transaction
from django.utils import timezone

from cases.dossier.contents import dossier
from cases.dossier.pdf import as_html
from cases.dossier.variants import Also, Code
from cases.models import DossierExport, LookBack
from tests.cases.records import NOW
from tests.factories import UserFactory

# Papers that the family reads.
FAMILY = (Code.PARENTS, Code.PUPIL)


def page(case, code, reason="Inzage.", also=tuple(Also), **fields):
    """Return the HTML of a paper, by a clock that stands."""
    by = fields.pop("requested_by", None) or UserFactory(name="Chaima Verhoef", language="nl")
    export = DossierExport.objects.create(
        case=case, requested_by=by, reason=reason, variant=code,
        # By a clock that stands: two papers are compared, and a minute may end between them.
        number=case.exports.count() + 1, also=also, **{"requested_at": NOW, **fields},
    )  # fmt: skip
    return as_html(dossier(export, NOW))


def bare(html):
    """Return a paper by its words, without its own number."""
    words = re.sub(r"M-\w+/\d+", "", html)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", words))


def differences(case, code, one, other, **fields):
    """Return the lines of a paper that are others by one change than by another."""
    papers = []
    # A paper says when it was made.
    with time_machine.travel(timezone.now(), tick=False):
        for change in (one, other):
            with transaction.atomic():
                change()
                papers.append(page(case, code, **fields).split("\n"))
                transaction.set_rollback(True)
    return [line for line in unified_diff(*papers, n=0) if line[:3] not in ("---", "+++", "@@ ")]


def looked_back(case, **fields):
    """Write down that the school looked back; the pupil is well."""
    author = UserFactory(name="Karim Ouazzani")
    LookBack.objects.create(case=case, author=author, seen="Lacht.", result="quiet", **fields)
