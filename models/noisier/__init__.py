"""Networks and experiments of tab 3."""
