"""All tables of people, as 3 migrations left them: a new database takes this one instead."""

import django.db.models.deletion
import django.db.models.functions.text
import takings.people.models
from django.conf import settings
from django.db import migrations, models

from takings.squashing import CreateModels, laws_of

REPLACED = (
    "0001_people",
    "0002_acts_of_the_machine",
    "0003_members",
)


class Migration(migrations.Migration):

    initial = True

    replaces = [("people", name) for name in REPLACED]

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("ledger", "0002_laws"),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='User',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('password', models.CharField(max_length=128, verbose_name='password')),
                    ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                    ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                    ('viewer_id', models.UUIDField(editable=False, unique=True)),
                    ('email', models.EmailField(max_length=254, unique=True)),
                    ('display_name', models.CharField(max_length=80)),
                    ('country', models.CharField(max_length=2)),
                    ('time_zone', models.CharField(default='UTC', max_length=64)),
                    ('born_on', models.DateField(blank=True, null=True)),
                    ('is_staff', models.BooleanField(default=False)),
                    ('is_active', models.BooleanField(default=True)),
                    ('joined_at', models.DateTimeField()),
                    ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                    ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='email_is_unique_whatever_the_case'), models.CheckConstraint(condition=models.Q(('country__regex', '^[A-Z]{2}$')), name='country_is_iso_3166')],
                },
                managers=[
                    ('objects', takings.people.models.Accounts()),
                ],
            ),
            migrations.CreateModel(
                name='Brand',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=80, unique=True)),
                    ('website', models.URLField()),
                    ('opened_at', models.DateTimeField()),
                    ('members', models.ManyToManyField(related_name='brands', through='people.Membership', to=settings.AUTH_USER_MODEL)),
                ],
            ),
            migrations.CreateModel(
                name='Creator',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('handle', models.SlugField(max_length=32, unique=True)),
                    ('name', models.CharField(max_length=80)),
                    ('bio', models.CharField(blank=True, max_length=300)),
                    ('opened_at', models.DateTimeField()),
                    ('shares_from', models.DateTimeField(blank=True, null=True)),
                    ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='creator', to=settings.AUTH_USER_MODEL)),
                ],
            ),
            migrations.CreateModel(
                name='StaffAct',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('act', models.CharField(max_length=64)),
                    ('target', models.CharField(max_length=200)),
                    ('reason', models.CharField(max_length=500)),
                    ('acted_at', models.DateTimeField()),
                    ('operator', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='staff_acts', to=settings.AUTH_USER_MODEL)),
                ],
            ),
            migrations.CreateModel(
                name='MemberStep',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('became', models.CharField(max_length=7)),
                    ('taken_at', models.DateTimeField()),
                    ('brand', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='member_steps', to='people.brand')),
                    ('taken_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'ordering': ['id'],
                },
            ),
            migrations.CreateModel(
                name='Invitation',
                fields=[
                    ('id', models.UUIDField(primary_key=True, serialize=False)),
                    ('email', models.EmailField(max_length=254)),
                    ('role', models.CharField(choices=[('owner', 'Owner'), ('editor', 'Editor'), ('viewer', 'Viewer')], max_length=6)),
                    ('invited_at', models.DateTimeField()),
                    ('answer', models.CharField(blank=True, max_length=9)),
                    ('answered_at', models.DateTimeField(blank=True, null=True)),
                    ('brand', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='people.brand')),
                    ('invited_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(condition=models.Q(('answer', '')), fields=('brand', 'email'), name='one_open_invitation_an_address'), models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at__isnull', True)), models.Q(('answer__in', ['accepted', 'declined', 'withdrawn']), ('answered_at__isnull', False)), _connector='OR'), name='an_invitation_is_answered_wholly')],
                },
            ),
            migrations.CreateModel(
                name='Membership',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('brand', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='people.brand')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                    ('role', models.CharField(choices=[('owner', 'Owner'), ('editor', 'Editor'), ('viewer', 'Viewer')], default='owner', max_length=6)),
                ],
                options={
                    'db_table': 'people_brand_members',
                    'unique_together': {('brand', 'user')},
                },
            ),
        ]),
        *laws_of("people", REPLACED),
    ]
