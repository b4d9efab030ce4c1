"""How many frames an animation has; how often an image was closed to the public"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "media", sa.Column("frames", sa.Integer(), server_default=sa.text("1"), nullable=False)
    )
    op.add_column(
        "media", sa.Column("closings", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )


def downgrade() -> None:
    op.drop_column("media", "closings")
    op.drop_column("media", "frames")
