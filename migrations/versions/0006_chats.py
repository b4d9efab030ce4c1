"""What was posted in chats, messages with buttons, and what is good once"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def word(longest: int) -> sa.types.TypeEngine[str]:
    bytewise = sa.String(longest, collation="C")
    return sa.String(longest).with_variant(bytewise, "postgresql")


def user_and_times() -> tuple[sa.Column, ...]:
    return (
        sa.Column("user_id", BIG_ID, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    )


def upgrade() -> None:
    op.create_table(
        "chat_posts",
        sa.Column("media_id", word(16), nullable=False),
        sa.Column("chat_id", BIG_ID, sa.ForeignKey("chats.id"), nullable=False),
        sa.Column("user_id", BIG_ID, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("media_id"),
    )
    op.create_index(
        "chat_posts_of_user", "chat_posts", ["chat_id", "user_id", "created_at", "media_id"]
    )
    op.create_index("ix_chat_posts_user_id", "chat_posts", ["user_id"])
    op.create_table(
        "conversations",
        sa.Column("id", word(16), nullable=False, primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        *user_and_times(),
    )
    op.create_table(
        "tickets",
        sa.Column("id", word(64), nullable=False, primary_key=True),
        sa.Column("purpose", sa.String(16), nullable=False),
        *user_and_times(),
    )
    for table in ("conversations", "tickets"):
        op.create_index(f"ix_{table}_user_id", table, ["user_id"])
        op.create_index(f"ix_{table}_expires_at", table, ["expires_at"])


def downgrade() -> None:
    for table in ("tickets", "conversations", "chat_posts"):
        op.drop_table(table)
