"""The mock estate: real protocols on loopback, with a declared truth."""
