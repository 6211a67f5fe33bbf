"""Cost: Table 1 recounted, and reductions priced for any widths, on paper and in time."""
