"""What pages say a hundred times, by Python instead of a template: the same, and as safe."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.utils import translation

from accounts import access
from accounts.access import Permission
from accounts.models import Membership, User
from accounts.moments import moment, short_moment
from accounts.templatetags.marks import as_options, mark, span


# A month has a capital in English, and none in Dutch.
@pytest.mark.parametrize(("language", "short"), [("nl", "b"), ("en", "M")])
def test_a_moment_reads_as_the_filter_date_says_it(language, short):
    with translation.override(language):
        for month in range(1, 13):
            at = datetime(2026, month, 9, 7, 5, tzinfo=UTC)
            said = Template(f'{{{{ at|date:"j F, H:i" }}}}/{{{{ at|date:"j {short}, H:i" }}}}')
            assert f"{moment(at)}/{short_moment(at)}" == said.render(Context({"at": at}))


def test_what_somebody_typed_is_no_markup():
    assert span("x", "<b>") == '<span class="x">&lt;b&gt;</span>'
    assert mark("mark", "eye", '"<b>').endswith("</svg> &quot;&lt;b&gt;</span>")
    said = as_options([('"', "<b>", True), ("2", "b", False)])
    assert said == (
        '<option value="&quot;" selected>&lt;b&gt;</option>\n<option value="2" >b</option>'
    )


def test_permissions_of_somebody_are_all_that_they_may():
    for roles in ([], *([role] for role in access.ROLES), access.ROLES):
        user = User()
        user.current_memberships = tuple(Membership(role=role) for role in roles)
        may = {permission for permission in Permission if access.may(user, permission)}
        assert access.permissions_of(user) == may
        assert bool(may) == bool(roles)
    assert access.permissions_of(AnonymousUser()) == set()
