"""Who plays in the demo: the people one signs in as, and the crowd around them."""

from random import Random
from typing import NamedTuple

from kernel import Rate
from marketplace.models import Role
from origination import Facts, HomeOwnership, Verification

PASSWORD = "tessera-demo"  # noqa: S105 - printed on the screen of every demo


class Person(NamedTuple):
    """One account of the demo."""

    email: str
    name: str
    role: Role


ALICE = Person("alice@demo.tessera.test", "Alice Martin", Role.BORROWER)
LIWEI = Person("liwei@demo.tessera.test", "李伟", Role.BORROWER)
BOB = Person("bob@demo.tessera.test", "Bob Anders", Role.LENDER)
CAROL = Person("carol@demo.tessera.test", "Carol Nguyen", Role.LENDER)
DAN = Person("dan@demo.tessera.test", "Dan Okafor", Role.LENDER)
OLGA = Person("olga@demo.tessera.test", "Olga Petrova", Role.OPERATOR)
OSCAR = Person("oscar@demo.tessera.test", "Oscar Lind", Role.OPERATOR)

LOGINS = (ALICE, BOB, OLGA, OSCAR)
CAST = (ALICE, LIWEI, BOB, CAROL, DAN, OLGA, OSCAR)

_FIRST = ("Ana", "Ben", "Chloe", "David", "Elif", "Frank", "Grace", "Hugo", "Ines", "Jonas", "Kim")
_LAST = ("Reyes", "Novak", "Haddad", "Brown", "Kaya", "Silva", "Weber", "Sato", "Moreau", "Ibsen")
_CHINESE = ("王芳", "张敏", "刘洋", "陈静", "杨帆", "赵磊", "周婷", "吴昊", "徐丽", "孙强")
REGIONS = ("CA", "NY", "TX", "FL", "WA", "IL", "MA", "CO")


# The loan that a visitor looks at first is an ordinary one.
ALICES_FACTS = Facts(
    annual_income_minor=68_000_00,
    debt_to_income=Rate.percent("14"),
    employment_years=6,
    home_ownership=HomeOwnership.RENT,
    verification=Verification.VERIFIED,
    age=34,
    region="WA",
    credit_history_years=11,
    delinquencies_2y=0,
    delinquent_accounts=0,
    inquiries_6m=1,
    open_accounts=8,
    public_records=0,
    revolving_utilisation=Rate.percent("31"),
)


def crowd(random: Random, count: int) -> list[Person]:
    """Return borrowers who fill the marketplace; a third of them have Chinese names."""
    people = []
    for number in range(1, count + 1):
        chinese = random.random() < 1 / 3
        name = (
            random.choice(_CHINESE)
            if chinese
            else f"{random.choice(_FIRST)} {random.choice(_LAST)}"
        )
        people.append(Person(f"borrower{number}@demo.tessera.test", name, Role.BORROWER))
    return people


def facts(random: Random) -> Facts:
    """Draw the circumstances of one borrower."""
    return Facts(
        annual_income_minor=random.randrange(28_000_00, 140_000_00, 500_00),
        debt_to_income=Rate.percent(str(random.randint(2, 34))),
        employment_years=random.randint(0, 10),
        home_ownership=random.choice(list(HomeOwnership)),
        verification=random.choice(list(Verification)),
        age=random.randint(22, 59),
        region=random.choice(REGIONS),
        credit_history_years=random.randint(1, 28),
        delinquencies_2y=random.choice((0, 0, 0, 0, 1, 2)),
        delinquent_accounts=0,
        inquiries_6m=random.choice((0, 0, 1, 1, 2, 4)),
        open_accounts=random.randint(2, 22),
        public_records=random.choice((0, 0, 0, 0, 0, 1)),
        revolving_utilisation=Rate.percent(str(random.randint(5, 92))),
    )
