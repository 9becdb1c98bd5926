"""What who comes to lead a school is told of the weeks before: resets, and ways of signing in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_given_at")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="factor_reset_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="identityprovider",
            name="changed_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]
