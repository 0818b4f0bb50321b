"""Helpers of the Makefile and of maintainers; nothing here runs in production.

What prepares a fresh machine uses the standard library alone, because nothing else is there yet.
"""
