"""Guidance: the same noises and class at seven guidance scales."""
