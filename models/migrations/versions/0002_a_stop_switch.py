"""A stop switch."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BEFORE = "state IN ('waiting', 'sending', 'done', 'failed', 'unsure', 'cancelled')"
AFTER = "state IN ('waiting', 'sending', 'done', 'failed', 'unsure', 'held', 'cancelled')"


def states(allowed: str) -> None:
    """Another CHECK of a delivery's states."""
    with op.batch_alter_table("delivery") as batch_op:
        batch_op.drop_constraint(op.f("ck_delivery_state"), type_="check")
        batch_op.create_check_constraint(op.f("ck_delivery_state"), sa.text(allowed))


def upgrade() -> None:
    """Apply it."""
    op.create_table(
        "stop",
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_stop_member_id_member")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_stop")),
    )
    states(AFTER)
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(
            "ix_delivery_held",
            ["due_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'held'"),
            postgresql_where=sa.text("state = 'held'"),
        )


def downgrade() -> None:
    """Take it back; what is held waits again."""
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_delivery_held", sqlite_where=sa.text("state = 'held'"), postgresql_where=sa.text("state = 'held'")
        )
    op.execute("UPDATE delivery SET state = 'waiting' WHERE state = 'held'")
    states(BEFORE)
    op.drop_table("stop")
