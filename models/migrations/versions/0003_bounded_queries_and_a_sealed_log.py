"""Bounded queries and a sealed log."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NOTICES = "kind IN ('card', 'message', 'direct', 'whisper', 'home', 'check')"
#: name -> table, columns, the rows that it is over
INDEXES: dict[str, tuple[str, list[str], str | None]] = {
    "ix_card_newest": ("card", ["chat", "room", "id"], None),
    "ix_message_newest": ("message", ["chat", "room", "id"], None),
    "ix_post_created_at": ("post", ["created_at"], None),
    "ix_delivery_failed": ("delivery", ["id"], "state = 'failed'"),
    "ix_delivery_hour": ("delivery", ["lane", "due_at"], "kind = 'publication'"),
    "ix_delivery_told": ("delivery", ["finished_at"], NOTICES),
    "ix_inbound_broken": ("inbound", ["id"], "state = 'broken'"),
    "ix_inbound_done": ("inbound", ["received_at"], "state = 'done'"),
}
SEALS = {
    "sqlite": [
        f"CREATE TRIGGER audit_no_{deed} BEFORE {deed.upper()} ON audit "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
        for deed in ("update", "delete")
    ],
    "postgresql": [
        (
            "CREATE OR REPLACE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$"
        ),
        (
            "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()"
        ),
    ],
}
UNSEALED = {
    "sqlite": ["DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete"],
    "postgresql": ["DROP TRIGGER audit_append_only ON audit", "DROP FUNCTION audit_append_only"],
}


def index(name: str, table: str, columns: list[str], over: str | None) -> None:
    """Make it, over some rows only where that is said."""
    where = sa.text(over) if over else None
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    """Apply it."""
    for name, (table, columns, over) in INDEXES.items():
        index(name, table, columns, over)
    # All that a chat was ever told lies in the lane of its room: nobody may search by that.
    op.drop_index("ix_delivery_lane", "delivery")
    op.drop_index("ix_inbound_new", "inbound")
    index("ix_inbound_new", "inbound", ["source", "lane", "id"], "state = 'new'")
    op.create_index("uq_audit_previous", "audit", ["previous"], unique=True)
    for statement in SEALS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """Take it back."""
    for statement in UNSEALED[op.get_bind().dialect.name]:
        op.execute(statement)
    op.drop_index("uq_audit_previous", "audit")
    op.drop_index("ix_inbound_new", "inbound")
    index("ix_inbound_new", "inbound", ["due_at"], "state = 'new'")
    index("ix_delivery_lane", "delivery", ["lane"], None)
    for name, (table, _, _) in INDEXES.items():
        op.drop_index(name, table)
