"""What Alembic runs: the migrations, on the connection and in the transaction of the caller."""

from alembic import context

from agent.store.connection import VERSION_TABLE
from agent.store.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=VERSION_TABLE,
)
context.run_migrations()
