"""An account's first days are found without its other publications; two moments that nobody read are gone."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

FIRST_DAYS = sa.text("first_day IS NOT NULL")


def upgrade() -> None:
    """Apply it; no table is copied, so a large one takes no longer."""
    op.create_index(
        "ix_publication_first_day",
        "publication",
        ["account", "published_at"],
        sqlite_where=FIRST_DAYS,
        postgresql_where=FIRST_DAYS,
    )
    op.drop_column("publication", "measured_at")
    op.drop_column("account", "collected_at")


def downgrade() -> None:
    """Take it back."""
    for table, name in (("account", "collected_at"), ("publication", "measured_at")):
        op.add_column(table, sa.Column(name, sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    op.drop_index("ix_publication_first_day", "publication")
