"""The paper's own nets on CIFAR-10, and the paper's numbers beside ours."""
