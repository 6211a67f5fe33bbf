"""Inside a block: what it adds to an image, what losing it costs, and how strongly layers respond."""
