"""Numbers of rows on pages: a gap told of records that one may not know of. Each failed on its day.

All signals of all schools are counted through. Who saw those of two of their own signals knew how
many were logged in between: at a small school that is the one about a colleague (R9), and its day.
"""

import re

import pytest
from django.urls import reverse

from tests.attacks.proof import shows

pytestmark = pytest.mark.django_db

# As a field that names a row would have it: "signals-12".
NUMBERED = re.compile(r'value="([a-z_]+-\d+)"')


@shows("count-1")
def test_no_form_names_a_record_by_its_number(world, signed_in):
    pages = [
        ("participant", reverse("consultations:new", args=[world.case.reference])),
        *(
            (who, f"{reverse('cases:dossier', args=[world.case.reference])}?kind={kind}")
            for who in ("coordinator", "administrator")
            for kind in ("buurtteam", "veilig_thuis")
        ),
    ]
    for who, url in pages:
        page = signed_in(world.people[who]).get(url).content.decode()
        assert page.count('type="checkbox"') > 1
        assert NUMBERED.findall(page) == []
