"""Tab 1, Deeper: deeper plain nets train worse, and a shortcut fixes it."""
