"""The audit log has a key of its own."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it. The key itself is made at the next start: no migration sees the settings."""
    text, moment = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    for name in ("key", "seal"):
        op.add_column("audit", sa.Column(name, text(), server_default="", nullable=False))
    op.create_table(
        "audit_key",
        sa.Column("id", text(), nullable=False),
        sa.Column("sealed", text(), nullable=False),
        sa.Column("made_at", moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_key")),
    )
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", text(), nullable=False),
        sa.Column("key", text(), nullable=False),
        sa.Column("at", moment(), nullable=False),
        sa.Column("taken_at", moment(), nullable=False),
        sa.Column("missing", text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )


def downgrade() -> None:
    """Take it back; entries that have a key no longer fit for the older version, which hashes less."""
    op.drop_table("audit_head")
    op.drop_table("audit_key")
    for name in ("seal", "key"):
        op.drop_column("audit", name)
    if op.get_bind().dialect.name == "postgresql":  # entries were numbered without the sequence
        op.execute("SELECT setval(pg_get_serial_sequence('audit', 'id'), greatest(max(id), 1)) FROM audit")
