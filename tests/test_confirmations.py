"""Before what ends or takes away: what happens, who is told, and whether it can be undone."""

import pytest
from django.urls import reverse

from tests.test_role_matrix import arguments

pytestmark = pytest.mark.django_db

# Page → who opens it, and whether it says that there is no way back.
CONFIRMED = {
    "people:end_role": ("administrator", False),
    "people:reset_second_factor": ("administrator", True),
    "sso:switch": ("administrator", False),
    "systems:revoke": ("administrator", True),
    "cases:emergency": ("sister_leader", False),
    "cases:end_shut_out": ("coordinator", False),
    "cases:withdraw_file": ("coordinator", True),
    "cases:close": ("coordinator", True),
    "signals:unfounded": ("coordinator", True),
    "referrals:withdraw": ("coordinator", True),
    "consultations:hand_over": ("invited", True),
    "consultations:decline": ("invited", True),
}


def test_who_is_about_to_do_it_is_told_what_it_does(world, signed_in):
    browsers = {who: signed_in(world.people[who]) for who, __ in CONFIRMED.values()}
    for name, (who, final) in CONFIRMED.items():
        page = browsers[who].get(reverse(name, args=arguments(name, world)))
        words = page.content.decode()
        assert words.count('<dl class="confirm ') == 1, name
        said = words.split('<dl class="confirm ')[1].split("</dl>")[0]
        for asked in ("Wat er gebeurt", "Wie het hoort", "Kan het terug?"):
            told = said.split(asked)[1].split("<dd>")[1].split("</dd>")[0]
            assert len(told.split()) > 2, (name, asked)
        assert said.startswith("is-final") == final, name
