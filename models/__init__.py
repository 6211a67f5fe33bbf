"""What is computed: networks, mathematics, experiments. The only home of torch."""
