"""A team's albums in the order of their list; whatever names an embed profile by an index"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NAMING = [
    ("albums", "embed_profile_id"),
    ("chats", "embed_profile_id"),
    ("teams", "default_embed_profile_id"),
]


def upgrade() -> None:
    op.create_index("albums_of_team", "albums", ["team_id", "created_at", "id"])
    op.drop_index("ix_albums_team_id", "albums")
    for table, column in NAMING:
        op.create_index(f"ix_{table}_{column}", table, [column])


def downgrade() -> None:
    for table, column in NAMING:
        op.drop_index(f"ix_{table}_{column}", table)
    op.create_index("ix_albums_team_id", "albums", ["team_id"])
    op.drop_index("albums_of_team", "albums")
