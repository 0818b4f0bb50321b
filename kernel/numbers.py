"""Short numbers for people: `L-1042` is easier to read out than an id."""

from sqlalchemy import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from kernel.database import Base, Sequence64


class Number(Base):
    """One number given out; its row only proves that it was taken."""

    __tablename__ = "number"

    id: Mapped[int] = mapped_column(Sequence64, primary_key=True, autoincrement=True)


def next_number(session: Session) -> int:
    """Take the next short number; numbers of work that was rolled back are never given again."""
    taken: int = session.execute(insert(Number).values().returning(Number.id)).scalar_one()
    return taken
