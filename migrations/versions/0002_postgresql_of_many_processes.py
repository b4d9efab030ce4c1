"""Names compared by their bytes, and triggers that tell of changes, both on PostgreSQL"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# SQLite compares bytes anyway, and counts its commits.

WORDS = [
    ("blobs", "id", 40),
    ("blobs", "sha256", 64),
    ("albums", "id", 16),
    ("tombstones", "id", 16),
    ("media", "id", 16),
    ("media", "blob_id", 40),
    ("media", "sidecar_id", 40),
    ("media", "album_id", 16),
    ("media_tags", "media_id", 16),
    ("reports", "media_id", 16),
    ("api_keys", "secret_hash", 64),
]

TOLD = {
    "media": ("id", "row.published_at IS NOT NULL"),  # before that nobody has seen it
    "bans": ("user_id", "true"),
    "api_keys": ("id", "true"),
    "teams": ("id", "true"),
}
"""Tables whose rows grant access: the column that names a row, and which rows count."""

EVENTS = {
    "insert": "REFERENCING NEW TABLE AS touched",
    "update": "REFERENCING OLD TABLE AS touched",
    "delete": "REFERENCING OLD TABLE AS touched",
    "truncate": "",
}

TELL = """
CREATE FUNCTION pixferry_tell_of_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    names text[];
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        PERFORM pg_notify('pixferry_changes', '{table}:*');
        RETURN NULL;
    END IF;
    SELECT array_agg(few.name) INTO names FROM (
        SELECT row.{column}::text AS name FROM touched row WHERE {counts} LIMIT 4001
    ) few;
    IF cardinality(names) > 4000 THEN
        PERFORM pg_notify('pixferry_changes', '{table}:*');
    ELSE
        -- A payload may have 8000 bytes: 400 names of 16, with their commas, fit.
        PERFORM pg_notify(
            'pixferry_changes',
            '{table}:' || array_to_string(names[first : first + 399], ',')
        ) FROM generate_series(1, cardinality(names), 400) first;
    END IF;
    RETURN NULL;
END
$$
"""


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, column, length in WORDS:
        op.alter_column(table, column, type_=sa.String(length, collation="C"))
    for table, (column, counts) in TOLD.items():
        op.execute(TELL.format(table=table, column=column, counts=counts))
        for event, touched in EVENTS.items():
            if event == "insert" and table != "bans":
                continue  # a row that is new hides nothing that was kept; a ban does
            op.execute(
                f"CREATE TRIGGER {table}_tell_{event} AFTER {event} ON {table} {touched} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION pixferry_tell_of_{table}()"
            )


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in TOLD:
        op.execute(f"DROP FUNCTION pixferry_tell_of_{table} CASCADE")
    for table, column, length in WORDS:
        op.alter_column(table, column, type_=sa.String(length, collation="default"))
