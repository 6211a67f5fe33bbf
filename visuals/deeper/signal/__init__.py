"""Signal and gradient: how strong both are in every layer, along training."""
