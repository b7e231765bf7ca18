"""Shops, goods, orders and returns: what was ordered keeps its terms; steps never change."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


UNCHANGING = ("step", "returnline", "download")
LAWS = "".join(
    f"""CREATE TRIGGER shop_{table}_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE
    ON shop_{table} FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();
"""
    for table in UNCHANGING
)
UNDO = "".join(f"DROP TRIGGER shop_{table}_never_changes ON shop_{table};" for table in UNCHANGING)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0006_regions'),
        ('videos', '0005_channels'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='OrderLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=160)),
                ('quantity', models.PositiveSmallIntegerField()),
                ('gross_micros', models.BigIntegerField()),
                ('net_micros', models.BigIntegerField(default=0)),
                ('commission_bp', models.PositiveIntegerField()),
                ('refund_fee_bp', models.PositiveIntegerField(default=0)),
                ('refund_fee_cap_micros', models.BigIntegerField(null=True)),
                ('affiliate_bp', models.PositiveIntegerField(default=0)),
                ('kept_micros', models.BigIntegerField(null=True)),
                ('booked_micros', models.BigIntegerField(default=0)),
                ('seller_micros', models.BigIntegerField(default=0)),
                ('affiliate_micros', models.BigIntegerField(default=0)),
                ('affiliate', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creator')),
                ('video', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='videos.video')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Order',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('currency', models.CharField(max_length=3)),
                ('country', models.CharField(max_length=2)),
                ('is_digital', models.BooleanField()),
                ('to', models.CharField(blank=True, max_length=400)),
                ('amount_micros', models.BigIntegerField()),
                ('tax_micros', models.BigIntegerField(default=0)),
                ('claimed_micros', models.BigIntegerField(default=0)),
                ('taken_micros', models.BigIntegerField(default=0)),
                ('rounding_micros', models.BigIntegerField(default=0)),
                ('change_count', models.PositiveIntegerField(default=0)),
                ('rule_version', models.CharField(max_length=32)),
                ('ordered_at', models.DateTimeField()),
                ('reserved_until', models.DateTimeField()),
                ('released_at', models.DateTimeField(blank=True, null=True)),
                ('paid_at', models.DateTimeField(blank=True, null=True)),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='orders', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-ordered_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('line', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='review', serialize=False, to='shop.orderline')),
                ('stars', models.PositiveSmallIntegerField()),
                ('words', models.CharField(blank=True, max_length=600)),
                ('said_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-said_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Download',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='downloads', to='shop.orderline')),
            ],
        ),
        migrations.CreateModel(
            name='Parcel',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('unpaid', 'Not paid'), ('to_ship', 'To be sent'), ('shipped', 'On its way'), ('delivered', 'Arrived'), ('earned', 'Done'), ('cancelled', 'Cancelled')], default='unpaid', max_length=9)),
                ('carrier', models.CharField(blank=True, max_length=40)),
                ('tracking', models.CharField(blank=True, max_length=60)),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('shipped_at', models.DateTimeField(blank=True, null=True)),
                ('delivered_at', models.DateTimeField(blank=True, null=True)),
                ('earned_on', models.DateField(blank=True, null=True)),
                ('period', models.CharField(blank=True, max_length=16)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parcels', to='shop.order')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parcels', to='people.creator')),
            ],
            options={
                'ordering': ['-order__ordered_at', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='orderline',
            name='parcel',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='shop.parcel'),
        ),
        migrations.CreateModel(
            name='Return',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('asked', 'Asked'), ('declined', 'Declined by the seller'), ('contested', 'Before an operator'), ('agreed', 'Paid back'), ('refused', 'Refused by an operator'), ('taken', 'Withdrawn')], max_length=9)),
                ('why', models.CharField(max_length=300)),
                ('answer', models.CharField(blank=True, max_length=300)),
                ('asked_at', models.DateTimeField()),
                ('answer_by', models.DateTimeField(blank=True, null=True)),
                ('agreed_at', models.DateTimeField(blank=True, null=True)),
                ('refunded_at', models.DateTimeField(blank=True, null=True)),
                ('parcel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='returns', to='shop.parcel')),
            ],
            options={
                'ordering': ['asked_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ReturnLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quantity', models.PositiveSmallIntegerField()),
                ('gross_micros', models.BigIntegerField()),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='return_lines', to='shop.orderline')),
                ('of', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='shop.return')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Shop',
            fields=[
                ('seller', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='shop', serialize=False, to='people.creator')),
                ('currency', models.CharField(max_length=3)),
                ('country', models.CharField(max_length=2)),
                ('trader', models.CharField(max_length=300)),
                ('home_micros', models.BigIntegerField(blank=True, null=True)),
                ('eu_micros', models.BigIntegerField(blank=True, null=True)),
                ('world_micros', models.BigIntegerField(blank=True, null=True)),
                ('opened_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('home_micros__isnull', True), ('home_micros__gte', 0), _connector='OR'), models.Q(('eu_micros__isnull', True), ('eu_micros__gte', 0), _connector='OR'), models.Q(('world_micros__isnull', True), ('world_micros__gte', 0), _connector='OR')), name='shipping_is_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='Product',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=80)),
                ('about', models.CharField(max_length=2000)),
                ('kind', models.CharField(choices=[('physical', 'Sent by post'), ('digital', 'Downloaded')], max_length=8)),
                ('affiliate_bp', models.PositiveIntegerField(default=0)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('waiting', 'Being looked at'), ('active', 'On sale'), ('declined', 'Declined'), ('archived', 'Archived')], default='draft', max_length=8)),
                ('why', models.CharField(blank=True, max_length=300)),
                ('picture', models.CharField(blank=True, max_length=64)),
                ('file_name', models.CharField(blank=True, max_length=120)),
                ('file_digest', models.CharField(blank=True, max_length=64)),
                ('made_at', models.DateTimeField()),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='products', to='shop.shop')),
            ],
            options={
                'ordering': ['-made_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.CharField(max_length=400)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('parcel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='shop.parcel')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Tag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.PositiveSmallIntegerField()),
                ('tagged_at', models.DateTimeField()),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tags', to='shop.product')),
                ('video', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='videos.video')),
            ],
            options={
                'ordering': ['place', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Variant',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('name', models.CharField(blank=True, max_length=60)),
                ('sku', models.CharField(blank=True, max_length=40)),
                ('price_micros', models.BigIntegerField()),
                ('stock', models.IntegerField(blank=True, null=True)),
                ('is_offered', models.BooleanField(default=True)),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='variants', to='shop.product')),
            ],
            options={
                'ordering': ['price_micros', 'name', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='orderline',
            name='variant',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='shop.variant'),
        ),
        migrations.CreateModel(
            name='CartLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quantity', models.PositiveSmallIntegerField()),
                ('affiliate_bp', models.PositiveIntegerField(default=0)),
                ('clicked_at', models.DateTimeField(null=True)),
                ('added_at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cart_lines', to=settings.AUTH_USER_MODEL)),
                ('video', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='videos.video')),
                ('variant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shop.variant')),
            ],
            options={
                'ordering': ['added_at', 'pk'],
            },
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('paid_at__isnull', True), ('released_at__isnull', True)), fields=['reserved_until'], name='orders_that_reserve'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('amount_micros__gt', 0), ('tax_micros__gte', 0), ('taken_micros__gte', 0), ('tax_micros__lte', models.F('amount_micros')), ('claimed_micros__lte', models.F('amount_micros')), ('taken_micros__lte', models.F('claimed_micros'))), name='an_order_is_positive_and_holds_its_tax'),
        ),
        migrations.AddField(
            model_name='review',
            name='product',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='shop.product'),
        ),
        migrations.AddIndex(
            model_name='parcel',
            index=models.Index(fields=['seller', 'state'], name='parcels_of_a_seller'),
        ),
        migrations.AddIndex(
            model_name='parcel',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='parcels_that_are_due'),
        ),
        migrations.AddConstraint(
            model_name='parcel',
            constraint=models.UniqueConstraint(fields=('order', 'seller'), name='a_seller_sends_one_parcel'),
        ),
        migrations.AddConstraint(
            model_name='parcel',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('earned_on__isnull', False), ('state', 'earned')), models.Q(models.Q(('state', 'earned'), _negated=True), ('earned_on__isnull', True)), _connector='OR'), name='what_is_earned_has_its_day'),
        ),
        migrations.AddIndex(
            model_name='return',
            index=models.Index(condition=models.Q(('refunded_at__isnull', True), ('state', 'agreed')), fields=['agreed_at'], name='returns_to_refund'),
        ),
        migrations.AddConstraint(
            model_name='return',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('agreed_at__isnull', False), ('state', 'agreed')), models.Q(models.Q(('state', 'agreed'), _negated=True), ('agreed_at__isnull', True)), _connector='OR'), name='what_is_agreed_says_when'),
        ),
        migrations.AddConstraint(
            model_name='return',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['asked', 'declined', 'contested'])), fields=('parcel',), name='a_parcel_has_one_open_return'),
        ),
        migrations.AddConstraint(
            model_name='returnline',
            constraint=models.UniqueConstraint(fields=('of', 'line'), name='a_return_names_a_line_once'),
        ),
        migrations.AddConstraint(
            model_name='returnline',
            constraint=models.CheckConstraint(condition=models.Q(('gross_micros__gte', 0), ('quantity__gt', 0)), name='a_return_is_of_something'),
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=models.CheckConstraint(condition=models.Q(('affiliate_bp__lt', 10000)), name='affiliates_leave_the_seller_a_part'),
        ),
        migrations.AddConstraint(
            model_name='tag',
            constraint=models.UniqueConstraint(fields=('video', 'product'), name='a_video_shows_goods_once'),
        ),
        migrations.AddConstraint(
            model_name='variant',
            constraint=models.CheckConstraint(condition=models.Q(('price_micros__gt', 0)), name='goods_have_a_price'),
        ),
        migrations.AddConstraint(
            model_name='variant',
            constraint=models.CheckConstraint(condition=models.Q(('stock__isnull', True), ('stock__gte', 0), _connector='OR'), name='nothing_is_oversold'),
        ),
        migrations.AddConstraint(
            model_name='variant',
            constraint=models.UniqueConstraint(fields=('product', 'name'), name='a_variant_has_its_name'),
        ),
        migrations.AddConstraint(
            model_name='orderline',
            constraint=models.CheckConstraint(condition=models.Q(('gross_micros__gt', 0), ('net_micros__gte', 0), ('quantity__gt', 0), ('booked_micros__lte', models.F('net_micros')), ('net_micros__lte', models.F('gross_micros'))), name='a_line_is_sold_for_something'),
        ),
        migrations.AddConstraint(
            model_name='orderline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('affiliate__isnull', True), ('affiliate_bp', 0)), models.Q(('affiliate__isnull', False), ('affiliate_bp__gt', 0)), _connector='OR'), name='a_part_of_a_sale_is_somebodys'),
        ),
        migrations.AddConstraint(
            model_name='cartline',
            constraint=models.UniqueConstraint(fields=('user', 'variant'), name='a_cart_has_a_variant_once'),
        ),
        migrations.AddConstraint(
            model_name='cartline',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='a_cart_line_wants_something'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(('stars__gte', 1), ('stars__lte', 5)), name='a_review_has_one_to_five_stars'),
        ),
        migrations.RunSQL(sql=LAWS, reverse_sql=UNDO),
    ]
