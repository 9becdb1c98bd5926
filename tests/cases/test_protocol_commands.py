"""The commands that print the rules and explain a case: for whoever answers for the program."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from cases import actions
from cases.protocol.rules import RULES
from tests.cases.records import ago, signal
from tests.factories import CaseFactory, PupilFactory


def said(*command, **options):
    out = StringIO()
    call_command(*command, stdout=out, **options)
    return out.getvalue()


def test_all_rules_are_printed_in_either_language():
    english, dutch = (said("protocol_rules", language=language) for language in ("en", "nl"))
    assert [line.split()[0] for line in english.splitlines() if line.startswith("R")] == [
        rule.code for rule in RULES
    ]
    assert "Call 112, or Veilig Thuis." in english
    assert "Bel 112, of Veilig Thuis." in dutch


@pytest.mark.django_db
def test_a_case_is_explained_without_a_name_or_a_word_of_it(school):
    pupil = PupilFactory(school=school, given_name="Tess", family_name="van der Zwaan")
    case = CaseFactory(pupil=pupil, opened_at=ago(days=3))
    signal(case, "injury", severe=True, facts="Een geheim dat blijft.")
    actions.refresh(case, None)
    text = said("protocol_explain", case.reference.lower(), language="en")
    lines = text.splitlines()
    assert any(line.startswith("+  R3  ") for line in lines)
    assert any(line.startswith("+  R5  ") for line in lines)
    assert "R4" in next(line for line in lines if line.startswith("-  "))
    for name in ("Tess", "Zwaan", "geheim"):
        assert name not in text


@pytest.mark.django_db
def test_a_case_that_does_not_exist_is_said_so():
    with pytest.raises(CommandError, match="M-ZZZZZZ"):
        said("protocol_explain", "M-ZZZZZZ")
