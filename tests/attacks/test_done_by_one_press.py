"""Two presses at one place of another site's page: the second lands on what stands there next.

Which pages have such a button was once looked up by eye, and some were missing.
"""

import pytest
from django.urls import NoReverseMatch, reverse

from meldcode.middleware.elsewhere import DONE_BY_ONE_PRESS
from tests.accounts.page import Page
from tests.attacks.proof import shows
from tests.conftest import sign_in
from tests.test_role_matrix import MATRIX, PUBLIC

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

# What is typed in or chosen: whoever presses at one place alone does neither.
FILLED_IN = {"select", "textarea"}
# That the introduction is not shown again, or is.
HARMLESS = {"help", "todo"}


def names_nothing(name: str) -> bool:
    """Tell whether an address takes nothing: each that does asks first."""
    try:
        return bool(reverse(name))
    except NoReverseMatch:
        return False


def is_done_by_one_press(page: Page) -> bool:
    """Tell whether something is sent from the middle of a page without anything to fill in."""
    main = next(one for one in page.root.iter("main"))
    behind = {one for details in main.iter("details") for one in details.iter("form")}
    sent = (one for one in main.iter("form") if one.get("method") == "post" and one not in behind)
    return any(not any(map(is_filled_in, form.iter())) for form in sent)


def is_filled_in(element) -> bool:
    """Tell whether somebody types or chooses something here."""
    is_typed = element.tag == "input" and element.get("type") not in ("hidden", "submit")
    return is_typed or element.tag in FILLED_IN


@shows("csrf-5")
@pytest.mark.parametrize("name", filter(names_nothing, sorted(MATRIX)))
def test_what_is_done_by_one_press_asks_first_by_a_link_from_elsewhere(name, browser_of, world):
    found = False
    for who in ("teacher",) if MATRIX[name] is PUBLIC else MATRIX[name]:
        sign_in(world.people[who])  # so that they are at another browser too, which they can end
        answer = browser_of(who).get(reverse(name))
        if answer.status_code == 200 and "html" in answer.headers["content-type"]:
            found = found or is_done_by_one_press(Page(answer))
    assert not found or name in DONE_BY_ONE_PRESS | HARMLESS
