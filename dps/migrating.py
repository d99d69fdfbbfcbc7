"""Operations of a first migration, done at once."""

from django.db.migrations.operations import (
    AddConstraint,
    AddField,
    AddIndex,
    CreateModel,
)
from django.db.migrations.operations.base import Operation


class AtOnce(Operation):
    """Several operations as one: `operations = [AtOnce(operations)]` at a migration's end.

    Django draws every model that hangs together with one anew for each operation, which took our
    hundred tables most of a minute. Here they are drawn once, as they are after all of the
    operations, and a table is created whole.
    """

    reversible = False

    def __init__(self, operations: list[Operation]):
        self.operations = operations

    def state_forwards(self, app_label, state):
        state.__dict__.pop("apps", None)  # drawn anew when next it is asked for
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        created = {each.name_lower for each in self.operations if isinstance(each, CreateModel)}
        for operation in self.operations:
            if not (is_part_of_table(operation) and operation.model_name_lower in created):
                operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self):
        return "; ".join(operation.describe() for operation in self.operations)


def is_part_of_table(operation: Operation) -> bool:
    """Whether a table that is created whole has it already."""
    return isinstance(operation, AddField | AddIndex | AddConstraint)
