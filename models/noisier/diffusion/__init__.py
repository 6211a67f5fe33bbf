"""The mathematics of DDPM: "Denoising Diffusion Probabilistic Models", Ho et al. 2020 (arXiv 2006.11239).

One function per equation. Images x0, xt and noise eps are (B, C, H, W) with data in [-1, 1]. Time is counted as in
the paper, t = 1..T; index 0 of every schedule array stands for the clean image. A time t is an int or an int64
tensor (B,).
"""
