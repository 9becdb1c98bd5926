"""What a destroyed case counts for is counted apart where it was kept from somebody."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_guides"),
        ("cases", "0031_reasons_at_rest"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="keptcount",
            name="one_count_per_name",
        ),
        migrations.AddField(
            model_name="keptcount",
            name="apart",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddField(
            model_name="keptcount",
            name="kept_from",
            field=models.ManyToManyField(blank=True, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name="keptcount",
            constraint=models.UniqueConstraint(
                fields=("school", "year", "name", "apart"), name="one_count_per_name"
            ),
        ),
    ]
