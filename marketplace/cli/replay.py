"""Real loans lived through the marketplace's own operations, and held to the file."""

import json
import sys
from contextlib import closing
from functools import partial
from pathlib import Path

import click
from sqlalchemy import Engine, create_engine, inspect, text
from tqdm import tqdm

from kernel import Invalid, database_url, engine_options, prepare_engine
from marketplace import errors
from marketplace.cli.db import migrate
from marketplace.db import atomic, reader
from replay import Report, Script, Wanted, lines, read_script, run


@click.command("replay")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--limit", type=click.IntRange(min=1), help="Rows of the file; all if not given.")
@click.option(
    "--lenders", type=click.IntRange(min=1), default=200, show_default=True, help="Synthetic ones."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Draws the lenders.")
@click.option(
    "--database",
    default="sqlite:///instance/replay.db",
    show_default=True,
    help="Where to; never the one that people use.",
)
@click.option("--json", "report_path", type=click.Path(path_type=Path), help="Write the report.")
@click.option("--fresh", is_flag=True, help="Empty the database first instead of going on.")
def command(
    *,
    file: Path,
    limit: int | None,
    lenders: int,
    seed: int,
    database: str,
    report_path: Path | None,
    fresh: bool,
) -> None:
    """Replay a public loan file and hold the book to it.

    FILE is a loan file as LendingClub published them, plain or gzip. Applications, decisions,
    listings, lenders with standing orders, escrow, disbursement and every
    repayment go the way that the web goes. Interrupted, the same command goes on where it was. Ends
    with a report that holds the book to the file and to its own audit; exit code 1 where the audit
    finds anything.
    """
    wanted = Wanted(file, limit, lenders, seed)
    try:
        script = read_script(wanted)
        engine = _open(database, fresh=fresh)
        report = _perform(script, wanted, engine)
    except Invalid as error:
        raise click.ClickException(errors.message(error)) from error
    except KeyboardInterrupt:
        raise click.ClickException("Interrupted; the same command goes on from here.") from None
    for line in lines(report):
        click.echo(line)
    if report_path is not None:
        text_of_it = json.dumps(report.to_json(), indent=2, ensure_ascii=False)
        report_path.write_text(text_of_it + "\n", encoding="utf-8")
    sys.exit(0 if report.clean else 1)


def _perform(script: Script, wanted: Wanted, engine: Engine) -> Report:
    with closing(tqdm(total=script.steps, unit=" steps", disable=None)) as bar:
        return run(
            script,
            wanted,
            write=partial(atomic, engine),
            read=partial(reader, engine),
            advance=bar.update,
        )


def _open(database: str, *, fresh: bool) -> Engine:
    """Migrate the database of the replay; only one without people may be emptied."""
    url = database_url(database)
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, **engine_options(url))
    prepare_engine(engine)
    _refuse_people(engine)
    shown = url.render_as_string(hide_password=False)
    if fresh:
        migrate(shown, "base")
    migrate(shown, "head")
    return engine


def _refuse_people(engine: Engine) -> None:
    with engine.connect() as connection:
        if (
            inspect(connection).has_table("user_account")
            and connection.execute(text("SELECT 1 FROM user_account LIMIT 1")).first()
        ):
            raise click.ClickException(
                "People have accounts in this database; name another one with --database."
            )
