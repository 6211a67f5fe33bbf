"""What all three tabs compute with: device, files, data, statistics."""
