"""Credentials, and the consents that lead to them."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it; no account is connected yet."""
    text, moment = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table(
        "credential",
        sa.Column("account", text(length=40), nullable=False),
        sa.Column("sealed", text(), nullable=False),
        sa.Column("remote_id", text(), nullable=False),
        sa.Column("handle", text(), nullable=False),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("expires_at", moment(), nullable=True),
        sa.Column("renewed_at", moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("beats", text(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("connected_at", moment(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.name"], name=op.f("fk_credential_account_account")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_credential_member_id_member")),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_credential")),
    )
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("platform", text(), nullable=False),
        sa.Column("account", text(), nullable=False),
        sa.Column("state_hash", text(), nullable=False),
        sa.Column("state", text(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("origin", sa.JSON(), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("reason", text(), nullable=False),
        sa.Column("expires_at", moment(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'spent', 'choosing', 'done', 'failed')", name=op.f("ck_consent_state")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_consent_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        sa.UniqueConstraint("state_hash", name=op.f("uq_consent_state_hash")),
    )
    op.create_index(op.f("ix_consent_expires_at"), "consent", ["expires_at"], unique=False)


def downgrade() -> None:
    """Take it back."""
    op.drop_table("consent")
    op.drop_table("credential")
