"""Tab 3, Noisier: diffusion, forward and backward."""
