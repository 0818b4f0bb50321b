"""The journeys, read as stories, in a real browser."""
