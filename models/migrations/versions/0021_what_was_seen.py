"""What was seen: what cards leave out and shows below them, files that a chat does not show, files opened elsewhere."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
WORDS = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    """Apply it; cards that stand already are taken to show their files, until they are drawn once more."""
    op.add_column("card", sa.Column("hidden", sa.JSON(), nullable=False, server_default="[]"))
    op.create_table(
        "shown",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", WORDS(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("chat", WORDS(), nullable=False),
        sa.Column("room", WORDS(), nullable=False),
        sa.Column("thread", WORDS(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT(), nullable=False),
        sa.Column("whole_at", MOMENT(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_shown"),
        sa.UniqueConstraint(
            "subject", "revision", "chat", "room", "thread", name="uq_shown_subject_revision_chat_room_thread"
        ),
    )
    op.create_index("ix_shown_at", "shown", ["at"])
    op.create_table(
        "opened",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("subject", WORDS(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("media_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_opened"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_opened_member_id_member"),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name="fk_opened_media_id_media"),
        sa.UniqueConstraint(
            "member_id", "subject", "revision", "media_id", name="uq_opened_member_id_subject_revision_media_id"
        ),
    )
    op.create_index("ix_opened_at", "opened", ["at"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("opened")
    op.drop_table("shown")
    op.drop_column("card", "hidden")
