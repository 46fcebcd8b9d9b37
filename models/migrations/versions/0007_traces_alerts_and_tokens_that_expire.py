"""Traces, alerts, and tokens that expire."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

POSTPONED = sa.text("state = 'waiting' AND meant_at IS NOT NULL")
OPEN = sa.text("over_at IS NULL")


def upgrade() -> None:
    """Apply it; no table is copied, so a large one takes no longer."""
    text, moment = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("since", moment(), nullable=False),
        sa.Column("calm_since", moment(), nullable=True),
        sa.Column("over_at", moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
    )
    op.create_index("uq_alert_open", "alert", ["name"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)
    op.add_column("account", sa.Column("expires_at", moment(), nullable=True))
    op.add_column("inbound", sa.Column("trace", text(), nullable=False, server_default=""))
    op.add_column("delivery", sa.Column("trace", text(), nullable=False, server_default=""))
    op.add_column("delivery", sa.Column("meant_at", moment(), nullable=True))
    op.create_index(
        "ix_delivery_postponed", "delivery", ["meant_at"], sqlite_where=POSTPONED, postgresql_where=POSTPONED
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_delivery_postponed", "delivery")
    op.drop_column("delivery", "meant_at")
    op.drop_column("delivery", "trace")
    op.drop_column("inbound", "trace")
    op.drop_column("account", "expires_at")
    op.drop_table("alert")
