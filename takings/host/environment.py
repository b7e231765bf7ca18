"""Every setting there is, and what holds when it is not given; the one place that reads them."""

import os

DEFAULTS = {
    "DATABASE_URL": "",  # a PostgreSQL of our own, in the data home
    "TAKINGS_AD_CONTACT": "",  # the e-mail address for buyers of ads, in ads.txt
    "TAKINGS_AD_SELLER_ID": "1",  # we, as who sells ads, in ads.txt and sellers.json
    "TAKINGS_AD_SYSTEMS": "",  # others who may sell ads here, as lines of ads.txt, apart by spaces
    "TAKINGS_ARCHIVE": "",  # the folder the database's log is archived into: as chosen last
    "TAKINGS_BEHIND_PROXY": "",  # 1 believes what a proxy says of the visitor's address
    "TAKINGS_CHROMIUM": "",  # the browser of the tests: the system's, or one that is fetched
    "TAKINGS_DEFAULT_COUNTRY": "US",  # of visitors not signed in
    "TAKINGS_DEMO": "",  # 1 makes the demo world, and its people need no password
    "TAKINGS_EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend",
    "TAKINGS_EMAIL_FROM": "",  # who letters are from: no-reply at the host of the public address
    "TAKINGS_EMAIL_URL": "",  # who delivers them: smtp://user:password@host:587, or smtps://…
    "TAKINGS_EMBED_SITES": "",  # whose players may show our videos with ads, apart by spaces
    "TAKINGS_ENGINE_MEMORY": "2GB",  # what counting views may hold in memory; the rest is spilled
    "TAKINGS_ENTITY_ADDRESS": "",  # of who sells, printed on invoices; lines are separated by \n
    "TAKINGS_ENTITY_CODE": "T",  # begins the numbers of invoices
    "TAKINGS_ENTITY_COUNTRY": "US",  # where who sells is established
    "TAKINGS_ENTITY_NAME": "Takings",  # the legal entity that sells
    "TAKINGS_ENTITY_TAX_ID": "",  # its tax id
    "TAKINGS_EVENTS_PER_SECOND": "20",  # of one viewer, on average; 0 takes all
    "TAKINGS_HOME": "data",  # the folder of everything that must survive
    "TAKINGS_NETWORKS": "",  # the folder of lists of networks: networks in the data home
    "TAKINGS_LAKE_ACCESS_KEY": "",  # to the bucket of the event lake
    "TAKINGS_LAKE_ENDPOINT": "",  # who keeps that bucket, if not AWS
    "TAKINGS_LAKE_KEEP_DAYS": "400",  # events after their period was closed
    "TAKINGS_LAKE_REGION": "us-east-1",  # where
    "TAKINGS_LAKE_SECRET_KEY": "",  # to the bucket of the event lake
    "TAKINGS_LAKE_URL": "",  # a bucket, as s3://bucket/prefix: the folder lake of the data home
    "TAKINGS_OWNER_DATABASE_URL": "",  # who owns the tables and migrates them: DATABASE_URL
    "TAKINGS_PAYMENT_ROUTES": "",  # who takes cards: the sandbox in a demo, else nobody
    "TAKINGS_PAYER_ACCOUNT": "",  # our account in the United States, for NACHA files
    "TAKINGS_PAYER_BIC": "",  # of the bank of our IBAN; may be left out
    "TAKINGS_PAYER_IBAN": "",  # our account in euros, for pain.001 files
    "TAKINGS_PAYER_NAME": "Takings",  # as our bank knows us
    "TAKINGS_PAYER_ROUTING": "",  # of our bank in the United States
    "TAKINGS_PAYOUT_ROUTES": "",  # who pays creators: the sandbox in a demo, else bank files only
    "TAKINGS_PG_BIN": "",  # the folder of PostgreSQL's programs: those of the wheel
    "TAKINGS_PUBLIC_URL": "",  # the address people open: the one we listen on
    "TAKINGS_SANCTIONS_FILE": "",  # whom nobody may pay: an example that names nobody real
    "TAKINGS_SEAL_KEY": "",  # signs the books: made once, kept in the data home
    "TAKINGS_SECRET_KEY": "",  # signs cookies and tokens: made once, kept in the data home
    "TAKINGS_SETTLEMENT_ENGINE": "duckdb",  # who counts views: duckdb in our process, or spark
    "TAKINGS_SPARK_MASTER": "local[*]",  # where Spark counts: this machine, or spark://…, yarn, k8s://…
    "TAKINGS_STRIPE_CONNECT_SECRETS": "",  # verify Stripe's messages about payouts, apart by commas
    "TAKINGS_STRIPE_SECRET_KEY": "",  # calls Stripe, where a route leads there
    "TAKINGS_STRIPE_WEBHOOK_SECRET": "",  # verifies Stripe's messages; none is believed without
    "TAKINGS_TCF_VENDOR_ID": "0",  # we, in consent strings of the IAB's TCF; 0 is nobody
    "TAKINGS_TREE_HEADS": "",  # the file of signed tree heads: in the data home
    "TAKINGS_VAULT_KEY": "",  # encrypts papers and accounts: made once, kept in the data home
}


def setting(name: str) -> str:
    """Return a setting: what is given, else its default."""
    return os.environ.get(name) or DEFAULTS[name]


def flag(name: str) -> bool:
    """Tell whether a setting says yes."""
    return setting(name).lower() in {"1", "true", "yes"}
