"""Which publications we reposted ourselves."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it; no table is copied, so a large one takes no longer."""
    op.add_column("publication", sa.Column("reposted", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("publication", "reposted")
