"""The mathematics: one block, the construction argument, and what the paper builds on."""
