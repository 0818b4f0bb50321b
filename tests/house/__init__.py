"""The rules of the house: what a reader may rely on without looking."""
