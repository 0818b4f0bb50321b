"""The arithmetic of a contract, held against published cases and against its own laws."""
