"""There and back: an image becomes noise and, live, the noise becomes an image."""
