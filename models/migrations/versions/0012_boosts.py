"""Boosts, who agreed to them, and the ledger of what they may cost and did."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

STATES = "'review', 'ordering', 'running', 'paused', 'stopping', 'ended', 'stopped', 'refused', 'failed', 'withdrawn'"
BEFORE = "kind IN ('card', 'message', 'direct', 'whisper', 'home', 'check')"
NOTICES = (
    "kind IN ('card', 'message', 'direct', 'whisper', 'home', 'check', "
    "'page_look', 'audience_look', 'boost_quote', 'boost_report')"
)


def upgrade() -> None:
    """Apply it."""
    text, moment = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table(
        "boost",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("account", text(), nullable=False),
        sa.Column("state", text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("digest", text(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("created_at", moment(), nullable=False),
        sa.Column("goal", text(), nullable=False),
        sa.Column("amount", text(), nullable=False),
        sa.Column("is_daily", sa.Boolean(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("start_at", moment(), nullable=True),
        sa.Column("targeting", sa.JSON(), nullable=False),
        sa.Column("link", text(), nullable=False),
        sa.Column("beneficiary", text(), nullable=False),
        sa.Column("payor", text(), nullable=False),
        sa.Column("special_category", text(), nullable=False),
        sa.Column("quote", sa.JSON(), nullable=False),
        sa.Column("quoted_at", moment(), nullable=True),
        sa.Column("currency", text(), nullable=False),
        sa.Column("offset", sa.Integer(), nullable=False),
        sa.Column("zone", text(), nullable=False),
        sa.Column("budget", sa.Integer(), nullable=False),
        sa.Column("tag", text(), nullable=False),
        sa.Column("made", sa.JSON(), nullable=False),
        sa.Column("begins_at", moment(), nullable=True),
        sa.Column("ends_at", moment(), nullable=True),
        sa.Column("runs", sa.Boolean(), nullable=False),
        sa.Column("is_held", sa.Boolean(), nullable=False),
        sa.Column("wish", sa.JSON(), nullable=False),
        sa.Column("phase", text(), nullable=False),
        sa.Column("reason", text(), nullable=False),
        sa.Column("spent", sa.Integer(), nullable=False),
        sa.Column("reach", sa.Integer(), nullable=False),
        sa.Column("impressions", sa.Integer(), nullable=False),
        sa.Column("results", sa.Integer(), nullable=False),
        sa.Column("reported_at", moment(), nullable=True),
        sa.Column("report_at", moment(), nullable=True),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("stopped_at", moment(), nullable=True),
        sa.Column("over_at", moment(), nullable=True),
        sa.Column("alarm_at", moment(), nullable=True),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_boost_state")),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_boost_publication_id_publication")
        ),
        sa.ForeignKeyConstraint(["account"], ["account.name"], name=op.f("fk_boost_account_account")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_boost_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boost")),
    )
    op.create_index(op.f("ix_boost_publication_id"), "boost", ["publication_id"], unique=False)
    reported = sa.text("report_at IS NOT NULL")
    op.create_index("ix_boost_reported", "boost", ["report_at"], sqlite_where=reported, postgresql_where=reported)
    op.create_index("ix_boost_state", "boost", ["state", "account"], unique=False)
    op.create_table(
        "boost_approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("boost_id", sa.Integer(), nullable=False),
        sa.Column("digest", text(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("chat", text(), nullable=False),
        sa.Column("at", moment(), nullable=False),
        sa.ForeignKeyConstraint(["boost_id"], ["boost.id"], name=op.f("fk_boost_approval_boost_id_boost")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_boost_approval_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boost_approval")),
        sa.UniqueConstraint(
            "boost_id", "digest", "member_id", name=op.f("uq_boost_approval_boost_id_digest_member_id")
        ),
    )
    op.create_table(
        "ledger",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", text(), nullable=False),
        sa.Column("month", text(), nullable=False),
        sa.Column("boost_id", sa.Integer(), nullable=False),
        sa.Column("kind", text(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("at", moment(), nullable=False),
        sa.CheckConstraint("kind IN ('reserve', 'book', 'release')", name=op.f("ck_ledger_kind")),
        sa.ForeignKeyConstraint(["account"], ["account.name"], name=op.f("fk_ledger_account_account")),
        sa.ForeignKeyConstraint(["boost_id"], ["boost.id"], name=op.f("fk_ledger_boost_id_boost")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
    )
    op.create_index(op.f("ix_ledger_boost_id"), "ledger", ["boost_id"], unique=False)
    op.create_index("ix_ledger_month", "ledger", ["account", "month", "boost_id"], unique=False)
    op.create_table(
        "ledger_month",
        sa.Column("account", text(), nullable=False),
        sa.Column("month", text(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.name"], name=op.f("fk_ledger_month_account_account")),
        sa.PrimaryKeyConstraint("account", "month", name=op.f("pk_ledger_month")),
    )
    _notices(NOTICES)


def downgrade() -> None:
    """Take it back."""
    _notices(BEFORE)
    for table in ("ledger_month", "ledger", "boost_approval", "boost"):
        op.drop_table(table)


def _notices(kinds: str) -> None:
    """The index over what is forgotten after a while."""
    op.drop_index("ix_delivery_told", "delivery")
    where = sa.text(kinds)
    op.create_index("ix_delivery_told", "delivery", ["finished_at"], sqlite_where=where, postgresql_where=where)
