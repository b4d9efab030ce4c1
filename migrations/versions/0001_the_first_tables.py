"""The first tables"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "blobs",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspect_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("doomed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("blobs") as batch_op:
        batch_op.create_index(
            "blobs_doomed",
            ["doomed_at"],
            unique=False,
            sqlite_where=sa.text("doomed_at IS NOT NULL"),
            postgresql_where=sa.text("doomed_at IS NOT NULL"),
        )
        batch_op.create_index(
            "blobs_one_live_copy",
            ["sha256"],
            unique=True,
            sqlite_where=sa.text("doomed_at IS NULL"),
            postgresql_where=sa.text("doomed_at IS NULL"),
        )
        batch_op.create_index(
            "blobs_suspect",
            ["suspect_at"],
            unique=False,
            sqlite_where=sa.text("suspect_at IS NOT NULL"),
            postgresql_where=sa.text("suspect_at IS NOT NULL"),
        )

    op.create_table(
        "reports",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("media_id", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("comment", sa.String(), nullable=True),
        sa.Column("reporter_hash", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("reports") as batch_op:
        batch_op.create_index("ix_reports_media_id", ["media_id"], unique=False)

    op.create_table(
        "teams",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("plan", sa.String(length=64), nullable=False),
        sa.Column("default_public", sa.Boolean(), nullable=False),
        sa.Column(
            "default_embed_profile_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "tombstones",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("was_public", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("email_verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email"),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("abilities", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["teams.id"],
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("secret_hash"),
    )
    with op.batch_alter_table("api_keys") as batch_op:
        batch_op.create_index("ix_api_keys_team_id", ["team_id"], unique=False)
        batch_op.create_index("ix_api_keys_user_id", ["user_id"], unique=False)

    op.create_table(
        "bans",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
        ),
        sa.PrimaryKeyConstraint("user_id"),
    )
    op.create_table(
        "embed_profiles",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("color", sa.String(length=9), nullable=True),
        sa.Column("author_name", sa.String(), nullable=True),
        sa.Column("author_url", sa.String(), nullable=True),
        sa.Column("site_name", sa.String(), nullable=True),
        sa.Column("layout", sa.String(length=16), nullable=False),
        sa.Column("image", sa.String(length=16), nullable=False),
        sa.Column("spoiler", sa.Boolean(), nullable=False),
        sa.Column("buttons", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["teams.id"],
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("embed_profiles") as batch_op:
        batch_op.create_index("ix_embed_profiles_team_id", ["team_id"], unique=False)
        batch_op.create_index("ix_embed_profiles_user_id", ["user_id"], unique=False)

    op.create_table(
        "identities",
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("platform_user_id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
        ),
        sa.PrimaryKeyConstraint("platform", "platform_user_id"),
    )
    with op.batch_alter_table("identities") as batch_op:
        batch_op.create_index("ix_identities_user_id", ["user_id"], unique=False)

    op.create_table(
        "memberships",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["teams.id"],
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
        ),
        sa.PrimaryKeyConstraint("user_id", "team_id"),
    )
    with op.batch_alter_table("memberships") as batch_op:
        batch_op.create_index("ix_memberships_team_id", ["team_id"], unique=False)

    op.create_table(
        "usage",
        sa.Column("team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("uploads", sa.BigInteger(), nullable=False),
        sa.Column("storage_bytes", sa.BigInteger(), nullable=False),
        sa.Column("media_count", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["teams.id"],
        ),
        sa.PrimaryKeyConstraint("team_id"),
    )
    op.create_table(
        "albums",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column(
            "embed_profile_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["embed_profile_id"],
            ["embed_profiles.id"],
        ),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["teams.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("albums") as batch_op:
        batch_op.create_index("ix_albums_team_id", ["team_id"], unique=False)

    op.create_table(
        "chats",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("platform_chat_id", sa.String(length=64), nullable=False),
        sa.Column("team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "embed_profile_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["embed_profile_id"],
            ["embed_profiles.id"],
        ),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["teams.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("chats") as batch_op:
        batch_op.create_index("chats_platform", ["platform", "platform_chat_id"], unique=True)
        batch_op.create_index("ix_chats_team_id", ["team_id"], unique=False)

    op.create_table(
        "media",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("blob_id", sa.String(length=40), nullable=False),
        sa.Column("sidecar_id", sa.String(length=40), nullable=True),
        sa.Column("format", sa.String(length=8), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("animated", sa.Boolean(), nullable=False),
        sa.Column("filesize", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=True),
        sa.Column("caption", sa.String(), nullable=True),
        sa.Column("attribution", sa.JSON(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("nsfw", sa.Boolean(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("external_id", sa.String(length=255), nullable=True),
        sa.Column("album_id", sa.String(length=16), nullable=True),
        sa.Column(
            "embed_profile_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("delete_token_hash", sa.String(length=64), nullable=True),
        sa.Column("views", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["album_id"],
            ["albums.id"],
        ),
        sa.ForeignKeyConstraint(
            ["blob_id"],
            ["blobs.id"],
        ),
        sa.ForeignKeyConstraint(
            ["embed_profile_id"],
            ["embed_profiles.id"],
        ),
        sa.ForeignKeyConstraint(
            ["sidecar_id"],
            ["blobs.id"],
        ),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["teams.id"],
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("media") as batch_op:
        batch_op.create_index("ix_media_blob_id", ["blob_id"], unique=False)
        batch_op.create_index("ix_media_embed_profile_id", ["embed_profile_id"], unique=False)
        batch_op.create_index("ix_media_sidecar_id", ["sidecar_id"], unique=False)
        batch_op.create_index("ix_media_user_id", ["user_id"], unique=False)
        batch_op.create_index(
            "media_expiry",
            ["expires_at"],
            unique=False,
            sqlite_where=sa.text("expires_at IS NOT NULL"),
            postgresql_where=sa.text("expires_at IS NOT NULL"),
        )
        batch_op.create_index(
            "media_external_id",
            ["team_id", "external_id"],
            unique=True,
            sqlite_where=sa.text("external_id IS NOT NULL"),
            postgresql_where=sa.text("external_id IS NOT NULL"),
        )
        batch_op.create_index(
            "media_gallery",
            ["created_at", "id"],
            unique=False,
            sqlite_where=sa.text("listed AND public AND NOT nsfw"),
            postgresql_where=sa.text("listed AND public AND NOT nsfw"),
        )
        batch_op.create_index("media_of_album", ["album_id", "created_at", "id"], unique=False)
        batch_op.create_index("media_of_team", ["team_id", "created_at", "id"], unique=False)
        batch_op.create_index(
            "media_unpublished",
            ["created_at"],
            unique=False,
            sqlite_where=sa.text("published_at IS NULL"),
            postgresql_where=sa.text("published_at IS NULL"),
        )

    op.create_table(
        "media_tags",
        sa.Column("media_id", sa.String(length=16), nullable=False),
        sa.Column("tag", sa.String(length=50), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("media_id", "tag"),
    )
    with op.batch_alter_table("media_tags") as batch_op:
        batch_op.create_index("ix_media_tags_tag", ["tag"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("media_tags") as batch_op:
        batch_op.drop_index("ix_media_tags_tag")

    op.drop_table("media_tags")
    with op.batch_alter_table("media") as batch_op:
        batch_op.drop_index(
            "media_unpublished",
            sqlite_where=sa.text("published_at IS NULL"),
            postgresql_where=sa.text("published_at IS NULL"),
        )
        batch_op.drop_index("media_of_team")
        batch_op.drop_index("media_of_album")
        batch_op.drop_index(
            "media_gallery",
            sqlite_where=sa.text("listed AND public AND NOT nsfw"),
            postgresql_where=sa.text("listed AND public AND NOT nsfw"),
        )
        batch_op.drop_index(
            "media_external_id",
            sqlite_where=sa.text("external_id IS NOT NULL"),
            postgresql_where=sa.text("external_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "media_expiry",
            sqlite_where=sa.text("expires_at IS NOT NULL"),
            postgresql_where=sa.text("expires_at IS NOT NULL"),
        )
        batch_op.drop_index("ix_media_user_id")
        batch_op.drop_index("ix_media_sidecar_id")
        batch_op.drop_index("ix_media_embed_profile_id")
        batch_op.drop_index("ix_media_blob_id")

    op.drop_table("media")
    with op.batch_alter_table("chats") as batch_op:
        batch_op.drop_index("ix_chats_team_id")
        batch_op.drop_index("chats_platform")

    op.drop_table("chats")
    with op.batch_alter_table("albums") as batch_op:
        batch_op.drop_index("ix_albums_team_id")

    op.drop_table("albums")
    op.drop_table("usage")
    with op.batch_alter_table("memberships") as batch_op:
        batch_op.drop_index("ix_memberships_team_id")

    op.drop_table("memberships")
    with op.batch_alter_table("identities") as batch_op:
        batch_op.drop_index("ix_identities_user_id")

    op.drop_table("identities")
    with op.batch_alter_table("embed_profiles") as batch_op:
        batch_op.drop_index("ix_embed_profiles_user_id")
        batch_op.drop_index("ix_embed_profiles_team_id")

    op.drop_table("embed_profiles")
    op.drop_table("bans")
    with op.batch_alter_table("api_keys") as batch_op:
        batch_op.drop_index("ix_api_keys_user_id")
        batch_op.drop_index("ix_api_keys_team_id")

    op.drop_table("api_keys")
    op.drop_table("users")
    op.drop_table("tombstones")
    op.drop_table("teams")
    with op.batch_alter_table("reports") as batch_op:
        batch_op.drop_index("ix_reports_media_id")

    op.drop_table("reports")
    with op.batch_alter_table("blobs") as batch_op:
        batch_op.drop_index(
            "blobs_suspect",
            sqlite_where=sa.text("suspect_at IS NOT NULL"),
            postgresql_where=sa.text("suspect_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "blobs_one_live_copy",
            sqlite_where=sa.text("doomed_at IS NULL"),
            postgresql_where=sa.text("doomed_at IS NULL"),
        )
        batch_op.drop_index(
            "blobs_doomed",
            sqlite_where=sa.text("doomed_at IS NOT NULL"),
            postgresql_where=sa.text("doomed_at IS NOT NULL"),
        )

    op.drop_table("blobs")
