from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("consultations", "0009_invitations_notified"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="invitation", name="invitations_to_tell"),
        migrations.RemoveField(model_name="invitation", name="told_at"),
    ]
