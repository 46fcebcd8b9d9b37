"""What publications reached on their first day, to be weighed against the others."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

WEIGHED = sa.text("weigh_at IS NOT NULL")


def upgrade() -> None:
    """Apply it; no table is copied, so a large one takes no longer."""
    op.add_column("publication", sa.Column("first_day", sa.Integer(), nullable=True))
    op.add_column("publication", sa.Column("weigh_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    op.create_index(
        "ix_publication_weighed", "publication", ["weigh_at"], sqlite_where=WEIGHED, postgresql_where=WEIGHED
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_publication_weighed", "publication")
    op.drop_column("publication", "weigh_at")
    op.drop_column("publication", "first_day")
