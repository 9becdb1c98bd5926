from django.conf import settings
from django.db import migrations, models


def number(apps, schema_editor):
    """Give the exports of each case their number, the oldest first."""
    exports = apps.get_model("cases", "DossierExport").objects
    case, last = None, 0
    for export in exports.order_by("case", "requested_at", "pk").only("case", "number").iterator():
        last = last + 1 if export.case_id == case else 1
        case = export.case_id
        exports.filter(pk=export.pk).update(number=last)


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0018_siblings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="dossierexport",
            name="chosen",
            field=models.JSONField(
                blank=True, db_default=models.Value([], models.JSONField()), default=list
            ),
        ),
        migrations.AddField(
            model_name="dossierexport",
            name="hidden_words",
            field=models.TextField(blank=True, db_default=""),
        ),
        migrations.AddField(
            model_name="dossierexport",
            name="number",
            field=models.PositiveSmallIntegerField(
                editable=False, null=True, verbose_name="number"
            ),
        ),
        migrations.AddField(
            model_name="dossierexport",
            name="protected",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="with a password"
            ),
        ),
        migrations.AddField(
            model_name="dossierexport",
            name="sealed_password",
            field=models.TextField(blank=True, db_default="", editable=False),
        ),
        migrations.AddField(
            model_name="dossierexport",
            name="variant",
            field=models.CharField(
                db_default="whole",
                default="whole",
                choices=[
                    ("whole", "The whole dossier"),
                    ("parents", "For the parents, who may see it"),
                    ("for_pupil", "For the pupil, who may see it"),
                    ("buurtteam", "To hand over to the buurtteam"),
                    ("veilig_thuis", "To hand over to Veilig Thuis"),
                    ("summary", "A summary on one page"),
                ],
                max_length=16,
                verbose_name="kind",
            ),
        ),
        migrations.AddField(
            model_name="dossierexport",
            name="with_files",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="with the files"
            ),
        ),
        migrations.AddIndex(
            model_name="dossierexport",
            index=models.Index(
                condition=models.Q(("sha256", ""), _negated=True),
                fields=["sha256"],
                name="exports_by_sha256",
            ),
        ),
        migrations.RunPython(number, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="dossierexport",
            constraint=models.UniqueConstraint(
                fields=("case", "number"), name="one_export_per_number"
            ),
        ),
    ]
