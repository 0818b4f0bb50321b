"""Published cases against this engine: read, computed, compared, and listed in one document."""
