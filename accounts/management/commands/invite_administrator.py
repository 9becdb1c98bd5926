"""``manage.py invite_administrator``: the first person of a school, who then invites the others."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from accounts.models import Buurtteam, School
from accounts.people.actions import invite_first_administrator


class Command(BaseCommand):
    help = "Invite a school's administrator by e-mail; the school is made where it is not there."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--school", required=True, help="its name")
        parser.add_argument("--city", required=True, help="its place")
        parser.add_argument("--kind", choices=School.Kind.values, required=True)
        parser.add_argument("--buurtteam", help="the name of its buurtteam, if it has one")
        parser.add_argument("--telephone", default="", help="of that buurtteam")
        parser.add_argument("--email", required=True, help="of the administrator, at work")
        parser.add_argument("--name", required=True, help="of the administrator")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            validate_email(options["email"])
        except ValidationError as error:
            raise CommandError("That is no e-mail address.") from error
        school, made = School.objects.get_or_create(
            name=options["school"], city=options["city"], defaults={"kind": options["kind"]}
        )
        if made and options["buurtteam"]:
            school.buurtteam, __ = Buurtteam.objects.get_or_create(
                name=options["buurtteam"],
                city=options["city"],
                defaults={"telephone": options["telephone"]},
            )
            school.save(update_fields=["buurtteam"])
        invitation = invite_first_administrator(
            school, email=options["email"], name=options["name"]
        )
        self.stdout.write(f"Invited to {school.name}, until {invitation.expires_at:%Y-%m-%d}.")
