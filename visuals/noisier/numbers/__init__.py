"""The numbers: schedules, what is left of a picture, and the bound of our networks beside the paper's."""
