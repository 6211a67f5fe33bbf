"""Try this: exercises that set the controls of other sections, with answers out of the recorded runs."""
