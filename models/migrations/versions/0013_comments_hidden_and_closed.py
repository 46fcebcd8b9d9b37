"""Comments that are hidden, removed or stand under an ad; private replies; publications closed for comments."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

MARKS = (
    ("comment", "hidden"),
    ("comment", "removed"),
    ("comment", "on_ad"),
    ("reply", "private"),
    ("publication", "comments_closed"),
)


def upgrade() -> None:
    """Apply it; no table is copied, so a large one takes no longer."""
    for table, mark in MARKS:
        op.add_column(table, sa.Column(mark, sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Take it back."""
    for table, mark in MARKS:
        op.drop_column(table, mark)
