from django.db import migrations, models
from django.db.models import Value


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0036_words_apart"),
    ]

    operations = [
        migrations.AddField(
            model_name="dossierexport",
            name="also",
            field=models.JSONField(
                blank=True, db_default=Value([], models.JSONField()), default=list
            ),
        ),
    ]
