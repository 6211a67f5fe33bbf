"""Try this: races to run by a link, with answers out of the recorded ones."""
