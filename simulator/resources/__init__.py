"""The objects of the API, one family to a module; each offers its `ROUTES`."""
