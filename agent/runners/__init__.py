"""How many hosts at once: Nornir runner plugins."""
