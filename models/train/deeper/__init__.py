"""Training commands of tab 1."""
