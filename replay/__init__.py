"""Real loans lived again: a public loan file driven through the operations that the web uses."""
