"""How a host is read: one module per transport, each a Nornir connection plugin."""
