"""Alembic's entry: runs the migrations over the connection that annotator.database.migrations.upgrade hands it."""

from alembic import context

from annotator.database.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
