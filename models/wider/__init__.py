"""Networks and experiments of tab 2."""
