"""Accounts keep the identity they first met, and know the token that was last seen to be its own."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    """Apply it. The identities stay as they are; whose tokens there are is asked once before anything leaves."""
    op.add_column("account", sa.Column("server", TEXT(), nullable=False, server_default=""))
    op.add_column("account", sa.Column("token_mark", TEXT(), nullable=False, server_default=""))
    op.add_column("account", sa.Column("other", sa.JSON(), nullable=True))
    op.add_column("account", sa.Column("others", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Take it back."""
    for name in ("others", "other", "token_mark", "server"):
        op.drop_column("account", name)
