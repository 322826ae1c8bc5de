"""The record that cannot be changed unseen: bodies, chains, the tree, checkpoints, receipts."""
