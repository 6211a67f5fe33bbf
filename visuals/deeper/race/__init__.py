"""The race: four nets train side by side, and the learner says first what to expect of the deep ones."""
