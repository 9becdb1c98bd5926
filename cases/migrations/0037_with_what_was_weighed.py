from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0036_words_apart"),
    ]

    operations = [
        migrations.AddField(
            model_name="dossierexport",
            name="with_weighing",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="with what was weighed"
            ),
        ),
    ]
