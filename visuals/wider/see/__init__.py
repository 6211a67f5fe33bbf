"""See: the picture, what the network answers, and the map of the network."""
