from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0037_also_on_a_paper"),
    ]

    operations = [
        migrations.AlterField(
            model_name="attachment",
            name="number",
            field=models.PositiveIntegerField(verbose_name="number"),
        ),
        migrations.AlterField(
            model_name="dossierexport",
            name="number",
            field=models.PositiveIntegerField(editable=False, null=True, verbose_name="number"),
        ),
    ]
