"""Leases, and which process keeps an event."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it; what waits was kept by no process that lives."""
    op.create_table(
        "lease",
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("holder", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    with op.batch_alter_table("inbound", schema=None) as batch_op:
        batch_op.add_column(sa.Column("keeper", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=""))
    with op.batch_alter_table("inbound", schema=None) as batch_op:
        batch_op.alter_column("keeper", server_default=None)


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("inbound", schema=None) as batch_op:
        batch_op.drop_column("keeper")
    op.drop_table("lease")
