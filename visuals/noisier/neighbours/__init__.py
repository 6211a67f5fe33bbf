"""Is it a copy? Generated pictures, each beside the training pictures that come nearest."""
