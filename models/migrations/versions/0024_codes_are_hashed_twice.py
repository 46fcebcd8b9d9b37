"""Codes are stored as the hash of their hash: what stands of one in an event opens nothing, nor does the row."""

from hashlib import sha256

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

INVITATION = sa.table("invitation", sa.column("id"), sa.column("code_hash"), sa.column("state"))


def upgrade() -> None:
    """Apply it; codes that are open go on working."""
    bind = op.get_bind()
    for number, code_hash in bind.execute(sa.select(INVITATION.c.id, INVITATION.c.code_hash)).all():
        again = sha256(code_hash.encode()).hexdigest()
        bind.execute(INVITATION.update().where(INVITATION.c.id == number).values(code_hash=again))


def downgrade() -> None:
    """Take it back: a hash cannot be, so open codes are void."""
    op.get_bind().execute(INVITATION.update().where(INVITATION.c.state == "open").values(state="void"))
