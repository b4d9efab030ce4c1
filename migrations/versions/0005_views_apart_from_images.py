"""Views in a table of their own; on SQLite a mark that tells whether images changed"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Views are written every few seconds. Beside the image's row, that would tell every process to
# forget the row; PostgreSQL's triggers (0002) know nothing of the new table.

MARKED = {"insert": "NEW", "update": "OLD", "delete": "OLD"}
"""What happens to an image, and which row says whether anybody has seen it."""

MARK = """
CREATE TRIGGER media_mark_{event} AFTER {event} ON media WHEN {row}.published_at IS NOT NULL
BEGIN
    UPDATE marks SET mark = random() WHERE name = 'media';
END
"""


def upgrade() -> None:
    op.create_table(
        "media_views",
        sa.Column(
            "media_id",
            sa.String(16).with_variant(sa.String(16, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("views", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("media_id"),
    )
    op.execute("INSERT INTO media_views SELECT id, views FROM media WHERE views > 0")
    op.drop_column("media", "views")
    op.create_table(
        "marks",
        sa.Column("name", sa.String(16), nullable=False),
        sa.Column("mark", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    if op.get_bind().dialect.name != "sqlite":
        return
    op.execute("INSERT INTO marks VALUES ('media', 0)")
    for event, row in MARKED.items():
        op.execute(MARK.format(event=event, row=row))


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for event in MARKED:
            op.execute(f"DROP TRIGGER media_mark_{event}")
    op.drop_table("marks")
    op.add_column("media", sa.Column("views", sa.BigInteger(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE media SET views = (SELECT views FROM media_views WHERE media_id = media.id) "
        "WHERE id IN (SELECT media_id FROM media_views)"
    )
    op.drop_table("media_views")
