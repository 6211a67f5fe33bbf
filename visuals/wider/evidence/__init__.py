"""Evidence: which places of the picture speak for a class, and which against it."""
