"""Counterfactuals: the sampler with one thing wrong, beside the right way."""
