from django.db import migrations


def emptied_with_the_rest(apps, schema_editor):
    """Of a pupil whose data were destroyed a request says what was asked and how it ended."""
    requests = apps.get_model("cases", "RightsRequest").objects
    requests.filter(pupil=None, asked_by="", words="").exclude(grounds=[]).update(grounds=[])


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0039_family_at_a_talk_of_three"),
    ]

    operations = [
        migrations.RunPython(emptied_with_the_rest, migrations.RunPython.noop, elidable=True),
    ]
