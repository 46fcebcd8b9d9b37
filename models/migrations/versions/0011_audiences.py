"""Audiences that boosts reach or leave out."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STATES = "'proposed', 'making', 'filling', 'ready', 'failed', 'dropped'"
LOOKED_AT = sa.text("look_at IS NOT NULL")


def upgrade() -> None:
    """Apply it."""
    text, moment = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table(
        "audience",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", text(), nullable=False),
        sa.Column("name", text(), nullable=False),
        sa.Column("key", text(), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("digest", text(), nullable=False),
        sa.Column("state", text(), nullable=False),
        sa.Column("remote_id", text(), nullable=False),
        sa.Column("people_from", sa.Integer(), nullable=True),
        sa.Column("people_to", sa.Integer(), nullable=True),
        sa.Column("reason", text(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("created_at", moment(), nullable=False),
        sa.Column("read_at", moment(), nullable=True),
        sa.Column("look_at", moment(), nullable=True),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_audience_state")),
        sa.ForeignKeyConstraint(["account"], ["account.name"], name=op.f("fk_audience_account_account")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_audience_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audience")),
        sa.UniqueConstraint("key", name=op.f("uq_audience_key")),
    )
    op.create_index("ix_audience_account", "audience", ["account"])
    op.create_index(
        "ix_audience_looked_at", "audience", ["look_at"], sqlite_where=LOOKED_AT, postgresql_where=LOOKED_AT
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("audience")
