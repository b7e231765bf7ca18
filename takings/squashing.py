"""Migrations that stand for many: a new database gets its tables in one step of each app."""

from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar

from django.db.migrations import CreateModel, RunSQL
from django.db.migrations.operations.base import Operation
from typing_extensions import override

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor
    from django.db.migrations.state import ProjectState


class CreateModels(Operation):
    """Creates the tables of several models at once.

    After each operation Django draws every model that is related to the changed one again, which
    is quadratic in the number of models; here they are drawn once.
    """

    serialization_expand_args: ClassVar = ["models"]

    def __init__(self, models: Sequence[CreateModel]) -> None:
        """Take what would be one operation each."""
        self.models = models

    @override
    def state_forwards(self, app_label: str, state: "ProjectState") -> None:
        state.__dict__.pop("apps", None)  # drawn anew when somebody asks
        for model in self.models:
            model.state_forwards(app_label, state)

    @override
    def database_forwards(
        self,
        app_label: str,
        schema_editor: "BaseDatabaseSchemaEditor",
        from_state: "ProjectState",
        to_state: "ProjectState",
    ) -> None:
        for model in self.models:
            model.database_forwards(app_label, schema_editor, from_state, to_state)

    @override
    def database_backwards(
        self,
        app_label: str,
        schema_editor: "BaseDatabaseSchemaEditor",
        from_state: "ProjectState",
        to_state: "ProjectState",
    ) -> None:
        for model in reversed(self.models):
            model.database_backwards(app_label, schema_editor, from_state, to_state)

    @override
    def describe(self) -> str:
        return "Create the models " + ", ".join(model.name for model in self.models)


def laws_of(app: str, names: Iterable[str]) -> list[RunSQL]:
    """Return the SQL of an app's replaced migrations, in their order.

    What only moves rows of an older release is marked ``elidable`` there: a new database has none.
    """
    modules = [import_module(f"takings.{app}.migrations.{name}") for name in names]
    operations = [one for module in modules for one in module.Migration.operations]
    return [one for one in operations if isinstance(one, RunSQL) and not one.elidable]
