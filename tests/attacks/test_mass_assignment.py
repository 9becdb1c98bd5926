"""Fields that no form asks for, sent with every form (ASVS 5.1.2)."""

import uuid
from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.db import models
from django.urls import reverse

from accounts.models import Membership, School, User
from accounts.roles import Role
from audit.models import Flag
from cases.models import Case
from tests.accounts.every_form import FORMS, OURS, Sheet
from tests.accounts.invitations import send
from tests.accounts.page import OF_THE_FORM
from tests.attacks.proof import shows
from tests.factories import PASSWORD, RoleInvitationFactory, SchoolFactory
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

LONG_AGO = datetime(2001, 1, 1, 12, tzinfo=UTC)
WORD = "ingesmokkeld"
NUMBER = 77

Rows = dict[type[models.Model], dict[object, models.Model]]


def our_models() -> list[type[models.Model]]:
    """Return the models of all our tables, but for the log: it grows with each page."""
    models_of = [model for label in OURS for model in apps.get_app_config(label).get_models()]
    return [*models_of, Flag]


def rows() -> Rows:
    """Return every row of ours, by its key."""
    return {model: {row.pk: row for row in model.objects.all()} for model in our_models()}


def changed(before: Rows, after: Rows) -> list[models.Model]:
    """Return the rows that are new, or hold something else than before."""
    return [
        row
        for model, found in after.items()
        for pk, row in found.items()
        if pk not in before[model] or columns(before[model][pk]) != columns(row)
    ]


def columns(row: models.Model) -> dict[str, object]:
    """Return what stands in a row."""
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def smuggled(there: World) -> dict[str, str]:
    """Return a value for every column of every table: of another world, or known again."""
    values: dict[str, str] = {}
    for model in our_models():
        for field in model._meta.concrete_fields:
            values[field.name] = values[field.attname] = str(_value(field, there))
    return values


def _value(field: models.Field, there: World) -> object:
    if field.is_relation:
        last = field.related_model.objects.order_by("pk").last()
        return last.pk if last else NUMBER
    if isinstance(field, models.BooleanField):
        return "on"
    if isinstance(field, models.DateTimeField):
        return LONG_AGO.isoformat()
    if isinstance(field, models.DateField):
        return LONG_AGO.date().isoformat()
    if isinstance(field, models.UUIDField):
        return uuid.UUID(int=NUMBER)
    return NUMBER if isinstance(field, models.IntegerField) else WORD


def of_elsewhere(there: World) -> dict[type[models.Model], set[object]]:
    """Return the rows that one of this world has no business with."""
    return {
        User: {person.pk for person in there.people.values() if person},
        School: {there.school.pk},
        Case: {there.case.pk},
    }


def suspicious(row: models.Model, there: World) -> list[str]:
    """Return the columns of a row that hold what was smuggled in."""
    elsewhere, found = of_elsewhere(there), []
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        foreign = field.is_relation and value in elsewhere.get(field.related_model, ())
        known = value in (LONG_AGO, LONG_AGO.date(), WORD, uuid.UUID(int=NUMBER))
        if foreign or known:
            found.append(f"{type(row).__name__}.{field.name}")
    return found


@shows("mass-1")
@pytest.mark.parametrize("row", FORMS, ids=lambda row: row.name)
def test_a_column_that_the_form_does_not_ask_for_is_not_written(row, signed_in, world, elsewhere):
    sheet, there = Sheet(row, signed_in, world), elsewhere
    if row.name == "signals:new":
        sheet.full["about_staff"] = []  # which opens a case that is restricted, as it should
    asked = {*sheet.client.get(sheet.url).context["form"].fields, *OF_THE_FORM, *sheet.full}
    more = {name: value for name, value in smuggled(there).items() if name not in asked}
    assert {"is_superuser", "author", "restricted", "closed_at", "password"} & set(more)
    before = rows()
    assert sheet.send(**more).status_code == row.then
    touched = changed(before, rows())
    assert touched
    assert [name for one in touched for name in suspicious(one, there)] == []
    assert not [u for u in touched if isinstance(u, User) and u.pk in before[User]]
    assert not User.objects.filter(is_superuser=True).exists()
    assert not Case.objects.filter(restricted=True).exists()
    assert {type(gone) for gone in missing(before)} <= may_go(row.name)


def missing(before: Rows) -> list[models.Model]:
    """Return the rows that are gone."""
    now = rows()
    return [
        row for model, found in before.items() for pk, row in found.items() if pk not in now[model]
    ]


# Form → of which tables it takes rows away, as it should.
MAY_GO = {
    "cases:shut_out": {"cases.CaseUserObjectPermission"},
    "sso:change": {"accounts.ProviderDomain"},
}


def may_go(form: str) -> set[type[models.Model]]:
    """Return of which tables a form takes rows away: grants of whoever is kept out; old domains."""
    return {apps.get_model(name) for name in MAY_GO.get(form, ())}


RAISED = {
    "role": "administrator", "is_superuser": "on", "is_staff": "on", "is_active": "on",
    "email": "ander@school.example", "public_id": str(uuid.UUID(int=NUMBER)),
    "session_epoch": "9", "user": "1", "id": "1", "ends_on": "", "groups": "1",
}  # fmt: skip


@shows("mass-2", "role-2")
def test_an_invitation_gives_the_role_that_stands_in_it(client):
    elsewhere, people = SchoolFactory(), User.objects.count()
    invitation = RoleInvitationFactory(secret="geheim", email="noor@school.example")
    client.get("/invitation/geheim/")
    new = {"name": "Noor", "password": "paard stal klok regen"}
    send(client, {**RAISED, **new, "school": elsewhere.pk})
    user = User.objects.get(email="noor@school.example")
    assert (User.objects.count(), user.is_superuser) == (people + 1, False)
    held = user.memberships.get()
    assert (held.role, held.school) == (Role.TEACHER, invitation.school)


@shows("mass-2", "role-2")
def test_so_it_does_for_who_has_an_account(signed_in, teacher):
    elsewhere = SchoolFactory()
    RoleInvitationFactory(secret="geheim", email=teacher.email, school=elsewhere)
    browser = signed_in(teacher)
    browser.get("/invitation/geheim/")
    mine = teacher.memberships.get().school
    send(browser, {**RAISED, "agreed": "on", "school": mine.pk})
    assert set(teacher.memberships.values_list("role", "school")) == {
        ("teacher", mine.pk),
        ("teacher", elsewhere.pk),
    }


@shows("mass-2")
def test_with_a_password_or_language_comes_nothing_else(signed_in, teacher):
    browser, roles = signed_in(teacher), Membership.objects.count()
    before = columns(User.objects.get(pk=teacher.pk))
    new = "paard stal klok regen"
    words = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert browser.post(reverse("account_change_password"), {**RAISED, **words}).status_code == 302
    browser.post(reverse("set_language"), {**RAISED, "language": "en"})
    after = columns(User.objects.get(pk=teacher.pk))
    assert {name for name in after if after[name] != before[name]} == {"password", "language"}
    assert list(teacher.memberships.values_list("role", flat=True)) == ["teacher"]
    assert Membership.objects.count() == roles
