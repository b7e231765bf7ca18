"""The tables of the lake's catalog, as PyIceberg would make them (`pyiceberg.catalog.sql`).

Made here because whoever ships events may not make tables. Where the lake is older than this
migration they are there already, and stay.
"""

from django.db import migrations

CATALOG = """
CREATE SCHEMA IF NOT EXISTS lake;
CREATE TABLE IF NOT EXISTS lake.iceberg_namespace_properties (
    catalog_name varchar(255) NOT NULL,
    namespace varchar(255) NOT NULL,
    property_key varchar(255) NOT NULL,
    property_value varchar(1000) NOT NULL,
    PRIMARY KEY (catalog_name, namespace, property_key)
);
CREATE TABLE IF NOT EXISTS lake.iceberg_tables (
    catalog_name varchar(255) NOT NULL,
    table_namespace varchar(255) NOT NULL,
    table_name varchar(255) NOT NULL,
    metadata_location varchar(1000),
    previous_metadata_location varchar(1000),
    iceberg_type varchar(5),
    PRIMARY KEY (catalog_name, table_namespace, table_name)
);
"""


class Migration(migrations.Migration):
    """Adds the tables; undone, they stay, for they alone know where the lake's files are."""

    dependencies = [("events", "0001_segments")]

    operations = [migrations.RunSQL(sql=CATALOG, reverse_sql=migrations.RunSQL.noop)]
