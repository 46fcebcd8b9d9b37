"""The desk may stop itself: when it was restored from a copy."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it; the stops there are were all a member's."""
    with op.batch_alter_table("stop", schema=None) as batch_op:
        batch_op.alter_column("member_id", existing_type=sa.Integer(), nullable=True)


def downgrade() -> None:
    """Take it back: nobody is left to answer for the desk's own stops."""
    op.execute("DELETE FROM stop WHERE member_id IS NULL")
    with op.batch_alter_table("stop", schema=None) as batch_op:
        batch_op.alter_column("member_id", existing_type=sa.Integer(), nullable=False)
