"""When is it decided what a picture will show? A chain split on its way, and a picture brought back from part of it."""
