"""The index by which the live hall reads what happened on a centre's board."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OF_HALL = sa.text("(from_status = 'posted' OR to_status = 'posted')")


def upgrade() -> None:
    op.create_index(
        "case_event_hall", "case_event", ["centre_id", "id"], sqlite_where=OF_HALL, postgresql_where=OF_HALL
    )


def downgrade() -> None:
    op.drop_index("case_event_hall", table_name="case_event")
