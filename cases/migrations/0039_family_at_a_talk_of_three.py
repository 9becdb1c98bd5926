from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0038_more_numbers"),
    ]

    operations = [
        migrations.AddField(
            model_name="conversation",
            name="family_there",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                choices=[
                    ("pupil", "The pupil, without the parents"),
                    ("parents", "One parent or both, without the pupil"),
                    ("both", "The pupil, and one parent or both"),
                ],
                max_length=10,
                verbose_name="who of the family was there",
            ),
        ),
    ]
