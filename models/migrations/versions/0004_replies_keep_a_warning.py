"""Replies keep a warning."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it; the replies there are have none."""
    with op.batch_alter_table("reply", schema=None) as batch_op:
        batch_op.add_column(sa.Column("warning", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=""))
    with op.batch_alter_table("reply", schema=None) as batch_op:
        batch_op.alter_column("warning", server_default=None)


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("reply", schema=None) as batch_op:
        batch_op.drop_column("warning")
