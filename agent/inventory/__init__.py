"""Where hosts come from: each module reads one kind of inventory into Nornir's."""
