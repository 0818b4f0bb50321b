"""What may be sent: one module per noun, for forms, JSON bodies and query strings alike."""
