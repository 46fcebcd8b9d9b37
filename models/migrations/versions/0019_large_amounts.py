"""Amounts take 64 bits, as SQLite's integers always do."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

AMOUNTS = (("boost", "budget"), ("boost", "spent"), ("ledger", "amount"))


def upgrade() -> None:
    """Apply it."""
    _become(sa.BigInteger())


def downgrade() -> None:
    """Take it back; fails where an amount is too large."""
    _become(sa.Integer())


def _become(kind: sa.Integer) -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table, column in AMOUNTS:
            op.alter_column(table, column, type_=kind)
