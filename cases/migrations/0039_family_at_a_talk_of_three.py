from django.db import migrations, models


def both_where_words_of_both_stand_apart(apps, schema_editor):
    """Of older talks of three it is known where the parents' words stand apart from the pupil's."""
    talks = apps.get_model("cases", "Conversation").objects.filter(kind="three_way")
    talks.exclude(parents_reactions="").update(family_there="both")


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
        migrations.RunPython(
            both_where_words_of_both_stand_apart, migrations.RunPython.noop, elidable=True
        ),
    ]
