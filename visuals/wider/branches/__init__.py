"""Branches: the feature maps of the chosen module, one of them enlarged, and the stem before the first module."""
