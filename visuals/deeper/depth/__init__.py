"""Depth and the block: what the shortcut is, and the same race at six depths."""
