"""Rows of auditlog's own table come over to ours; the table, which nothing writes any more, goes.

They bear no school and, but for those about a case itself, no case: they stand in the trail of the
person, and in the export of nobody. Going back leaves them where they are.
"""

from django.db import migrations

OLD = "auditlog_logentry"
SAME = (
    "content_type_id, object_pk, object_id, object_repr, action, changes_text, changes, actor_id, "
    "remote_addr, timestamp, additional_data, actor_email"
)
COPY = f"""
    INSERT INTO audit_logentry ({SAME}, kind, case_reference, for_board)
    SELECT {SAME},
        CASE action WHEN 0 THEN 'made' WHEN 1 THEN 'changed' WHEN 2 THEN 'removed' ELSE 'read' END,
        CASE WHEN content_type_id IN
            (SELECT id FROM django_content_type WHERE app_label = 'cases' AND model = 'case')
            AND length(object_repr) <= 8 THEN object_repr ELSE '' END,
        %s
    FROM {OLD} ORDER BY id
"""  # noqa: S608 - our own words


def carry_over(apps, schema_editor):
    """Copy the rows in their order, and remove the old table."""
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        if OLD in connection.introspection.table_names(cursor):
            cursor.execute(COPY, [False])
            cursor.execute(f"DROP TABLE {OLD}")


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0003_unusual_reading"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(carry_over, migrations.RunPython.noop)]
