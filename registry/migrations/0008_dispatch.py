"""What the trail tells of letters and court mail, and an index of letters that are on no posting list."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('locations', '0001_initial'),
        ('registry', '0007_reports_and_selections'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='auditevent',
            name='action',
            field=models.CharField(choices=[('entry.registered', 'registered'), ('entry.assigned', 'assigned to a department'), ('entry.taken', 'taken to work on'), ('entry.contributors', 'contributions asked from departments'), ('entry.contributed', 'contribution written'), ('entry.refused', 'sent back as not within its competence'), ('entry.question', 'information asked from the petitioner'), ('entry.drafted', 'answer written'), ('entry.submitted', 'answer sent for approval'), ('entry.sent_back', 'answer sent back to be changed'), ('entry.approved', 'answer approved'), ('entry.answered', 'answered'), ('letter.sent', 'letter sent'), ('letter.delivered', 'delivery proved'), ('letter.returned', 'letter returned undelivered'), ('letter.posted', 'letter put on a posting list'), ('court.recorded', 'court mail recorded'), ('court.handed_over', 'court mail handed over'), ('court.taken_down', 'notice of court mail taken down'), ('court.sent_back', 'court mail sent back to the court'), ('entry.extended', 'term extended'), ('entry.redirected', 'redirected to another institution'), ('entry.joined', 'joined to another entry'), ('entry.filed', 'filed without answer'), ('entry.repeated', 'repeated by the petitioner'), ('entry.archived', 'archived'), ('entry.signed', 'signed file added'), ('entry.aspects', 'aspects raised written down'), ('entry.reopened', 'reopened'), ('entry.cancelled', 'cancelled'), ('entry.concerns', 'marked as being about a colleague'), ('entry.completed', 'completion received'), ('entry.terms_changed', 'terms computed anew'), ('entry.reminded', 'reminder sent'), ('entry.viewed', 'personal data viewed'), ('entry.denied', 'access refused'), ('register.searched', 'register searched by name'), ('register.exported', 'register exported'), ('register.printed', 'register printed'), ('file.viewed', 'attachment opened'), ('intake.queued', 'set aside for a clerk'), ('intake.accepted', 'accepted from the queue'), ('intake.dismissed', 'left out as no petition'), ('cabinet.resolution', 'resolution of the Mayor'), ('cabinet.followed', "followed up by the Mayor's Cabinet"), ('cabinet.audience', 'audience changed'), ('report.frozen', 'report made'), ('retention.selected', 'selection of documents decided'), ('year.closed', 'year closed'), ('year.numbers_lost', 'numbers filled in after a restored backup')], max_length=30, verbose_name='what'),
        ),
        migrations.AddIndex(
            model_name='letter',
            index=models.Index(condition=models.Q(('posting_list', None)), fields=['mode', 'id'], name='registry_letters_on_no_list'),
        ),
    ]
