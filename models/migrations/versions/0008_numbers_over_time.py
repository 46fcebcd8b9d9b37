"""Numbers of publications over time."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

COUNTS = ("reach", "views", "likes", "comments", "reposts", "clicks", "saves")
NEW = ("reach", "views", "clicks", "saves")
MEASURED = sa.text("measure_at IS NOT NULL")


def upgrade() -> None:
    """Apply it; no table is copied, so a large one takes no longer. What stands already is not measured."""
    moment = sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table(
        "measurement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("at", moment(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in COUNTS),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_measurement_publication_id_publication")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measurement")),
        sa.UniqueConstraint("publication_id", "at", name=op.f("uq_measurement_publication_id_at")),
    )
    for name in NEW:
        op.add_column("publication", sa.Column(name, sa.Integer(), nullable=True))
    op.add_column("publication", sa.Column("measure_at", moment(), nullable=True))
    op.create_index(
        "ix_publication_measured", "publication", ["measure_at"], sqlite_where=MEASURED, postgresql_where=MEASURED
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_publication_measured", "publication")
    op.drop_column("publication", "measure_at")
    for name in NEW:
        op.drop_column("publication", name)
    op.drop_table("measurement")
