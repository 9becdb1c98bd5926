from django.db import migrations
from django.utils import timezone


def carry(apps, schema_editor):
    """Write for each mail of before the notification that it carried; what waits still waits."""
    notifications = apps.get_model("cases", "Notification").objects
    envelopes = apps.get_model("cases", "Envelope").objects
    messages = apps.get_model("cases", "OutboxMessage").objects
    carried = messages.select_related("reminder", "notice").order_by("pk")
    for message in carried.iterator():
        told = {"recipient_id": message.recipient_id, "read_at": message.sent_at}
        if message.reminder_id:
            reminder = message.reminder
            told |= {"kind": "reminder", "key": f"{reminder.pk}", "reminder": reminder}
            told |= {"case_id": reminder.case_id, "created_at": reminder.created_at}
        elif message.notice_id:
            notice = message.notice
            told |= {"kind": notice.kind, "key": f"before-{notice.pk}", "case_id": notice.case_id}
            told |= {"created_at": notice.created_at, "urgent": notice.kind == "emergency"}
        else:
            told |= {"kind": "contacts", "key": f"before-{message.pk}"}
            told |= {"about": f"{message.contacts_of_id}"}
        message.notification = notifications.create(**told)
        message.not_before = message.sent_at or timezone.now()
        if message.sent_at:
            message.envelope = envelopes.create(
                recipient_id=message.recipient_id,
                sealed_at=message.sent_at,
                next_attempt_at=message.sent_at,
                sent_at=message.sent_at,
            )
        message.save()


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0012_notifications"),
    ]

    operations = [migrations.RunPython(carry, migrations.RunPython.noop)]
