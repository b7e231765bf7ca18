"""Revisions of statements: each is issued once, beside the statement itself."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('insights', '0006_asking'),
        ('settlement', '0010_corrections'),
    ]

    operations = [
        migrations.AddField(
            model_name='issuedstatement',
            name='revision',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='issued', to='settlement.statementrevision'),
        ),
        migrations.AlterField(
            model_name='issuedstatement',
            name='statement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='issued', to='settlement.statement'),
        ),
        migrations.AddConstraint(
            model_name='issuedstatement',
            constraint=models.UniqueConstraint(condition=models.Q(('revision__isnull', True)), fields=('statement',), name='a_statement_is_issued_once'),
        ),
    ]
