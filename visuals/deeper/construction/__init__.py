"""The construction argument: identity blocks go into a trained net, and the deep net trains on."""
