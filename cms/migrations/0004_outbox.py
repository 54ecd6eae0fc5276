import cms.mail_address
import cms.models.outbox
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cms', '0003_page_address_index'),
    ]

    operations = [
        migrations.CreateModel(
            name='OutboxMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='written')),
                ('not_before', models.DateTimeField(editable=False, null=True, verbose_name='not before')),
                ('purpose', models.CharField(editable=False, max_length=64, verbose_name='purpose')),
                ('key', models.CharField(blank=True, editable=False, max_length=200, null=True, unique=True)),
                ('to', models.CharField(editable=False, max_length=254, validators=[cms.mail_address.validate_mail_address], verbose_name='to')),
                ('reply_to', models.CharField(blank=True, editable=False, max_length=254, validators=[cms.mail_address.validate_mail_address])),
                ('subject', models.CharField(editable=False, max_length=250, verbose_name='subject')),
                ('body', models.TextField(editable=False)),
                ('language', models.CharField(editable=False, max_length=8)),
                ('message_id', models.CharField(default=cms.models.outbox.new_message_id, editable=False, max_length=255, unique=True, verbose_name='Message-ID')),
                ('status', models.CharField(choices=[('queued', 'waiting'), ('sending', 'being sent'), ('sent', 'sent'), ('failed', 'not sent'), ('uncertain', 'perhaps sent')], default='queued', editable=False, max_length=12, verbose_name='state')),
                ('attempts', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='attempts')),
                ('next_attempt_at', models.DateTimeField(editable=False, verbose_name='next attempt')),
                ('last_error', models.CharField(blank=True, editable=False, max_length=100, verbose_name='last error')),
                ('sent_at', models.DateTimeField(editable=False, null=True, verbose_name='sent')),
                ('lease_token', models.UUIDField(editable=False, null=True)),
                ('lease_until', models.DateTimeField(editable=False, null=True)),
            ],
            options={
                'verbose_name': 'outgoing mail',
                'verbose_name_plural': 'outgoing mails',
                'default_permissions': ('view', 'change'),
                'indexes': [models.Index(fields=['to'], name='cms_outbox_to'), models.Index(condition=models.Q(('status', 'queued')), fields=['next_attempt_at', 'id'], name='cms_outbox_due'), models.Index(condition=models.Q(('status', 'sending')), fields=['lease_until'], name='cms_outbox_leased')],
            },
        ),
    ]
