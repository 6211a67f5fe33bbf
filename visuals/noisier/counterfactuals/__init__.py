"""Counterfactuals: the sampler with one thing changed, beside the right way."""
