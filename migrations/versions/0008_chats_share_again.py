"""Whether a chat shares its team, which stays its own when it stops"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "chats", sa.Column("sharing", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.execute("UPDATE chats SET sharing = (team_id IS NOT NULL)")


def downgrade() -> None:
    op.execute("UPDATE chats SET team_id = NULL WHERE NOT sharing")
    op.drop_column("chats", "sharing")
