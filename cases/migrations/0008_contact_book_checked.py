import django.db.models.deletion
from django.db import migrations, models


def remove_mails_about_contacts(apps, schema_editor):
    """Going back: what the older mails cannot be about."""
    apps.get_model("cases", "OutboxMessage").objects.exclude(contacts_of=None).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_saml_provider"),
        ("cases", "0007_contact_book"),
    ]

    operations = [
        migrations.AddField(
            model_name="contact",
            name="idempotency_key",
            field=models.UUIDField(editable=False, null=True, unique=True),
        ),
        migrations.AddField(
            model_name="contact",
            name="reminded_on",
            field=models.DateField(blank=True, editable=False, null=True),
        ),
        migrations.RemoveConstraint(
            model_name="outboxmessage",
            name="message_is_about_one_thing",
        ),
        migrations.AddField(
            model_name="outboxmessage",
            name="contacts_of",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="contact_messages",
                to="accounts.school",
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, remove_mails_about_contacts),
        migrations.AddConstraint(
            model_name="outboxmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("contacts_of__isnull", True),
                        ("notice__isnull", True),
                        ("reminder__isnull", False),
                    ),
                    models.Q(
                        ("contacts_of__isnull", True),
                        ("notice__isnull", False),
                        ("reminder__isnull", True),
                    ),
                    models.Q(
                        ("contacts_of__isnull", False),
                        ("notice__isnull", True),
                        ("reminder__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="message_is_about_one_thing",
            ),
        ),
    ]
