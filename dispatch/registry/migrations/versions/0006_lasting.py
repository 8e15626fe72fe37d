"""What a row of attributes says lasts as long as its id, so that it may be remembered by it."""

import sqlalchemy as sa
from alembic import op

from dispatch.registry.append_only import LASTING, settle, unsettle

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    table, closed_by = LASTING
    columns = [column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)]
    for statement in settle(op.get_bind().dialect.name, table, closed_by, columns):
        op.execute(statement)


def downgrade() -> None:
    for statement in unsettle(op.get_bind().dialect.name, LASTING[0]):
        op.execute(statement)
