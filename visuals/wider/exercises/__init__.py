"""Try this: four exercises, each with a link that sets the controls, and an answer out of the recorded runs."""
