"""Heads: what three heads say, and which gradients their losses send back."""
