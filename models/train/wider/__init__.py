"""Training commands of tab 2."""
