"""What platforms told bots, until it is answered"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def word(longest: int) -> sa.types.TypeEngine[str]:
    bytewise = sa.String(longest, collation="C")
    return sa.String(longest).with_variant(bytewise, "postgresql")


def upgrade() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", word(128), nullable=False, primary_key=True),
        sa.Column("bundle", word(128), nullable=True),
        sa.Column("payload", sa.JSON(), nullable=True),
        sa.Column("owner", word(32), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    for name, column in (("inbox_due", "due_at"), ("inbox_bundle", "bundle")):
        some = sa.text(f"{column} IS NOT NULL")
        op.create_index(name, "inbox", [column], sqlite_where=some, postgresql_where=some)
    op.create_index("inbox_created", "inbox", ["created_at"])


def downgrade() -> None:
    op.drop_table("inbox")
