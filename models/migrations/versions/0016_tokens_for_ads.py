"""Tokens for ads: whether the network takes them; boosts of which only a member says that they have stopped."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

MOMENT = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    """Apply it; no table is copied, so a large one takes no longer."""
    op.add_column("account", sa.Column("ads_lost_at", MOMENT(), nullable=True))
    op.add_column(
        "account", sa.Column("ads_reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
    )
    op.add_column("account", sa.Column("ads_checked_at", MOMENT(), nullable=True))
    op.add_column(
        "credential", sa.Column("beats_ads", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
    )
    op.add_column("boost", sa.Column("is_said", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("boost", "is_said")
    op.drop_column("credential", "beats_ads")
    for name in ("ads_checked_at", "ads_reason", "ads_lost_at"):
        op.drop_column("account", name)
