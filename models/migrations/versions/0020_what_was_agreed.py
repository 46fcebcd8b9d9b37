"""What was agreed to is kept whole: the account's identity, the ad account, who agreed; and which buttons are new."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

WORDS = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    """Apply it; no table is copied, so a large one takes no longer."""
    op.add_column("publication", sa.Column("identity", WORDS(), nullable=False, server_default=""))
    op.add_column("boost", sa.Column("ad_account", WORDS(), nullable=False, server_default=""))
    op.add_column("boost", sa.Column("digest_version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("audience", sa.Column("agreed_by", sa.Integer(), nullable=True))
    op.add_column("audience", sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("profile", sa.Column("agreed_by", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("profile", "agreed_by")
    for name in ("revision", "agreed_by"):
        op.drop_column("audience", name)
    for name in ("digest_version", "ad_account"):
        op.drop_column("boost", name)
    op.drop_column("publication", "identity")
