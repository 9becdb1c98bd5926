import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0012_notifications_carried"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="outboxmessage",
            name="one_message_per_recipient",
        ),
        migrations.RemoveConstraint(
            model_name="outboxmessage",
            name="one_notice_per_recipient",
        ),
        migrations.RemoveConstraint(
            model_name="outboxmessage",
            name="message_is_about_one_thing",
        ),
        migrations.RemoveIndex(
            model_name="outboxmessage",
            name="unsent_messages",
        ),
        migrations.RemoveField(
            model_name="notice",
            name="case",
        ),
        migrations.RemoveField(
            model_name="outboxmessage",
            name="notice",
        ),
        migrations.RemoveField(
            model_name="outboxmessage",
            name="attempts",
        ),
        migrations.RemoveField(
            model_name="outboxmessage",
            name="contacts_of",
        ),
        migrations.RemoveField(
            model_name="outboxmessage",
            name="last_error",
        ),
        migrations.RemoveField(
            model_name="outboxmessage",
            name="reminder",
        ),
        migrations.RemoveField(
            model_name="outboxmessage",
            name="sent_at",
        ),
        migrations.DeleteModel(
            name="Notice",
        ),
        migrations.AlterField(
            model_name="outboxmessage",
            name="notification",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="messages",
                to="cases.notification",
            ),
        ),
        migrations.AlterField(
            model_name="outboxmessage", name="not_before", field=models.DateTimeField()
        ),
    ]
