"""One file per step of the schema, oldest first; the name says what it brings."""
