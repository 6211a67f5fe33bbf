"""Training commands of tab 3."""
