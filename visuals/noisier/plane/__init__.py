"""In two dimensions: a network learns a cloud of points live, and the points flow to noise and back."""
