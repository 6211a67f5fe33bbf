"""Switch off: parts of the modules put out zeros, for the chosen picture and for many."""
