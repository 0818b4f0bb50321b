"""What the book says; nothing here writes."""

from escrow.queries.balances import account_id, account_ids, balance, balances

__all__ = ["account_id", "account_ids", "balance", "balances"]
