from django.db import migrations
from django.utils import timezone


def carry(apps, schema_editor):
    """Let those who wait to hear that they are invited be told by a notification."""
    notifications = apps.get_model("cases", "Notification").objects
    messages = apps.get_model("cases", "OutboxMessage").objects
    untold = apps.get_model("consultations", "Invitation").objects.filter(
        told_at__isnull=True,
        accepted_at__isnull=True,
        withdrawn_at__isnull=True,
        declined_at__isnull=True,
        handed_over_at__isnull=True,
    )
    for invitation in untold.select_related("consultation").order_by("pk").iterator():
        told = notifications.create(
            recipient_id=invitation.user_id,
            kind="invited",
            key=str(invitation.public_id),
            about=invitation.consultation.reference,
        )
        messages.create(
            notification=told, recipient_id=invitation.user_id, not_before=timezone.now()
        )


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0012_notifications_only"),
        ("consultations", "0008_invitations_told"),
    ]

    operations = [migrations.RunPython(carry, migrations.RunPython.noop)]
