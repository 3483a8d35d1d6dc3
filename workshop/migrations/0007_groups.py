"""What people are counted by, as the doors ask it, and what they said there."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workshop', '0006_plans_of_polls'),
    ]

    operations = [
        migrations.AddField(
            model_name='seat',
            name='groups',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='session',
            name='axes',
            field=models.JSONField(default=dict, editable=False),
        ),
    ]
