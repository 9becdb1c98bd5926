"""What would be SQL, in every query parameter and every field (ASVS 5.3.4).

In a text it is kept to the letter: ``tests/test_bad_input.py``, beside what else is strange.
"""

import pytest
from django import forms
from django.db import connection
from django.urls import reverse

from tests.accounts.every_form import FORMS, Sheet, written
from tests.attacks.looked_up import looked_up
from tests.attacks.proof import shows
from tests.searches import search
from tests.test_bad_input import CHOICES
from tests.test_role_matrix import MATRIX, POST_ONLY, arguments, first_to_see

pytestmark = pytest.mark.django_db

ASKING = ("signed_out", "coordinator", "administrator", "author", "joined")
INJECTIONS = (
    "'", '"', "''", "';--", "' OR '1'='1", "' OR 1=1 --", "') OR ('1'='1",
    "1; DROP TABLE cases_case;",
    "' UNION SELECT email, password FROM accounts_user --", "\\'; SELECT pg_sleep(9); --",
    "%' AND 1=(SELECT 1) --", "%", "_", "%%", "__", "\\", "\\%", "*", "?",
    "$1", ":p", "{0}", "%s", "%(a)s",
    "\x00", "a\x00b", "\uffff", "٣", "İ", "ǅ", "９", "1e999", "-1", "0x1F", "NaN",
    "9" * 400, "x" * 5000, "😀" * 50, "true", "null", "[]", "()", "||", "/**/", "ＳＥＬＥＣＴ＇",
)  # fmt: skip
# What is asked of each page: a text to SQL, to its parameters, to a number, and no text at all.
OF_EACH_PAGE = (
    "'",
    "' UNION SELECT email, password FROM accounts_user --",
    "a\x00b",
    "%s",
    "9" * 400,
)
# Letters and digits that stand in a name, a class or a reference of the world by chance.
MAY_MATCH = {"-1", "٣", "９", "true", "null"}
SEARCHES = (
    ("cases:dashboard", "coordinator", "q"),
    ("cases:exportable", "administrator", "q"),
    ("signals:pupils", "author", "pupil_query"),
)
PARAMETERS = (
    "q", "page", "view", "step", "school", "pupil", "pupil_query", "next", "order", "id", "pk",
    "pupil__school__name", "school_id", "author__password__startswith",
)  # fmt: skip


# Half a character, and bytes that are no text at all: no form of a browser sends them.
NO_TEXT = ("%ED%A0%80", "%FF%FE", "%C0%AF", "%00%FF", "%")


def entries(browser, name: str, query: dict[str, str]) -> list[str]:
    """Return what a search shows: the references and ids on its page."""
    answer = search(browser, name, **query)
    assert answer.status_code == 200, query
    context = answer.context
    found = context["page"] if "page" in context else context["options"]
    return [str(one) for one in found]


@shows("sql-1")
@pytest.mark.parametrize(("name", "who", "parameter"), SEARCHES)
def test_a_search_for_sql_finds_nothing(name, who, parameter, signed_in, world):
    browser = signed_in(world.people[who])
    for value in INJECTIONS:
        found = entries(browser, name, {parameter: value})
        # Emptied of what no database holds, it may be a search for nothing in particular.
        if value.replace("\x00", "").strip() and value not in MAY_MATCH:
            assert found == [], value


@shows("sql-1")
@pytest.mark.parametrize(("name", "who", "parameter"), SEARCHES)
@pytest.mark.parametrize("value", NO_TEXT)
def test_what_is_no_text_makes_no_page_fail(name, who, parameter, value, signed_in, world):
    browser = signed_in(world.people[who])
    sent = f"{parameter}={value}"
    as_form = {"content_type": "application/x-www-form-urlencoded", "follow": True}
    assert browser.post(reverse(name), sent, **as_form).status_code == 200
    if name not in POST_ONLY:
        assert browser.get(f"{reverse(name)}?{sent}").status_code == 200


@shows("sql-1")
@pytest.mark.parametrize(("name", "who", "parameter"), SEARCHES)
def test_a_search_for_a_name_finds_it(name, who, parameter, signed_in, world):
    """So that a search that finds nothing says something."""
    wanted = world.case.reference if "cases" in name else world.pupil.given_name
    assert entries(signed_in(world.people[who]), name, {parameter: wanted})


@pytest.mark.production
@shows("sql-1")
@pytest.mark.parametrize("who", ASKING)
def test_no_query_makes_a_page_fail(who, browser_of, world):
    browser = browser_of(who)
    names = [name for name in sorted(set(MATRIX) - POST_ONLY) if first_to_see(name, ASKING) == who]
    for name in names:
        url, first, *others = reverse(name, args=arguments(name, world)), *OF_EACH_PAGE
        with looked_up() as read:
            assert_stands(name, browser.get(url, dict.fromkeys(PARAMETERS, first)))
        # What SQL is to a database is a matter of the one that schools have: on SQLite two will do.
        others = others[:1] if connection.vendor == "sqlite" else others
        for value in others if read else ():
            query = dict.fromkeys({*PARAMETERS, *read} - {"*"}, value)
            assert_stands(name, browser.get(url, query))


def assert_stands(name: str, answer) -> None:
    """Health says 503 where no worker was heard of for a while: this one stands still."""
    assert answer.status_code < 500 or name == "health", answer.request["QUERY_STRING"]


def test_a_page_that_looks_into_its_address_is_noticed(signed_in, world):
    """So that what is asked once alone is a page for which no query matters."""
    coordinator = signed_in(world.people["coordinator"])
    for name, parameter in (("cases:dashboard", "q"), ("signals:new", "pupil")):
        with looked_up() as read:
            coordinator.get(reverse(name), {parameter: "a"})
        assert parameter in read or "*" in read
    with looked_up() as read:
        coordinator.get(reverse("notifications:settings"), {"q": "a"})
    assert not read


MANY = (forms.MultipleChoiceField, forms.ModelMultipleChoiceField)


def refusals(answer) -> set[str]:
    """Return the fields at which a form was refused."""
    assert answer.status_code == 422
    return set(answer.context["form"].errors)


@shows("sql-2")
@pytest.mark.any_database
@pytest.mark.parametrize("row", FORMS, ids=lambda row: row.name)
def test_in_a_choice_a_date_or_a_number_it_is_refused(row, signed_in, world):
    sheet = Sheet(row, signed_in, world)
    judged = (*CHOICES, forms.DateField, forms.DateTimeField, forms.IntegerField, forms.EmailField)
    fields = {name: field for name, field in sheet.fields().items() if isinstance(field, judged)}
    before = written()
    # A three in other figures is a three.
    values = [value for value in INJECTIONS[::5] if value not in ("٣", "９")]
    for value in values if fields else ():
        wrong = {
            name: [value] if isinstance(field, MANY) else value for name, field in fields.items()
        }
        refused = refusals(sheet.send(**wrong))
        # What is chosen in one field can decide whether another is asked: then by itself.
        for name in wrong.keys() - refused:
            assert name in refusals(sheet.send(**{name: wrong[name]})), (name, value)
    assert written() == before
