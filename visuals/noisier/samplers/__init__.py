"""The samplers side by side: the same noises brought back by each, in few steps and in more."""
