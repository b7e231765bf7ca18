"""One step makes the tables of several models, and takes them away again."""

import pytest
from django.db import connection, models
from django.db.migrations import CreateModel
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from takings.squashing import CreateModels, laws_of

pytestmark = pytest.mark.django_db
STEP = CreateModels(
    [
        CreateModel("Hen", [("id", models.BigAutoField(primary_key=True))]),
        CreateModel(
            "Egg",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("hen", models.ForeignKey("farm.Hen", models.PROTECT)),
            ],
        ),
    ]
)


def test_tables_that_need_one_another_come_and_go_together() -> None:
    before = ProjectState()
    assert before.apps.get_models() == []  # drawn before: the step must be seen all the same
    after = before.clone()
    STEP.state_forwards("farm", after)
    with connection.schema_editor() as editor:
        STEP.database_forwards("farm", editor, before, after)
    tables = {"farm_hen", "farm_egg"}
    assert tables <= set(connection.introspection.table_names())
    with connection.schema_editor() as editor:
        STEP.database_backwards("farm", editor, after, before)
    assert not tables & set(connection.introspection.table_names())
    assert STEP.describe() == "Create the models Hen, Egg"


def test_the_laws_of_replaced_migrations_are_kept_and_what_moves_old_rows_is_not() -> None:
    laws = laws_of("ads", ["0001_ads", "0003_creatives", "0004_creatives_moved"])
    assert ["TRIGGER" in str(law.sql) for law in laws] == [True]


def test_a_new_database_takes_one_step_of_each_app_that_has_one() -> None:
    loader = MigrationLoader(connection)
    squashed = {key for key in loader.disk_migrations if key[1].startswith("0001_squashed")}
    assert squashed
    assert squashed <= set(loader.applied_migrations)
    assert {app for app, name in loader.graph.nodes if name == "0001_people"} == set()
