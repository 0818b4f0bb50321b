"""The suite: it mirrors the tree and reads as stories."""
