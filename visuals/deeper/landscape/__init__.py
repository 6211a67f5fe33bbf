"""The landscape: the loss around a trained net, in two random directions."""
