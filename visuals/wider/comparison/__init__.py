"""Against the others: what six networks cost and how often they are wrong, and torchvision's weights for ImageNet."""
