"""Runs migrations over the connection that the program hands in, in its transaction."""

import sqlmodel
from alembic import context

from core.adapters.db import tables

assert tables.MediaRow  # importing the tables fills the metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=sqlmodel.SQLModel.metadata,
    render_as_batch=True,
    transactional_ddl=True,
    compare_type=True,
)
context.run_migrations()
