"""A class that answers together: a teacher opens a room on the projector, learners join it with their phones."""
