"""How a store of an older netcover becomes one of this: Alembic migrations, run on opening."""
