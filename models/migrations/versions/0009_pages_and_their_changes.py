"""Pages as they were last read, and changes that wait for a second member."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "profile",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", text(), nullable=False),
        sa.Column("state", text(), nullable=False),
        sa.Column("info", sa.JSON(), nullable=False),
        sa.Column("read_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("change", sa.JSON(), nullable=False),
        sa.Column("digest", text(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("error", text(), nullable=False),
        sa.CheckConstraint("state IN ('shown', 'proposed', 'changing', 'failed')", name=op.f("ck_profile_state")),
        sa.ForeignKeyConstraint(["account"], ["account.name"], name=op.f("fk_profile_account_account")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_profile_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile")),
        sa.UniqueConstraint("account", name=op.f("uq_profile_account")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("profile")
