"""Networks and experiments of tab 1."""
