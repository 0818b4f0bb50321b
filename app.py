"""Where everything meets: `create_app` puts the shell around the business."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask

from marketplace import shell
from marketplace.settings import read_settings

ROOT = Path(__file__).parent


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """Build the application; gunicorn calls this as `app:create_app()`.

    Args:
        config: settings that win over the environment, such as a test's DATABASE_URL or CLOCK.
    """
    given = dict(config or {})
    instance = Path(given.pop("INSTANCE", ROOT / "instance")).absolute()
    instance.mkdir(parents=True, exist_ok=True)
    app = Flask(
        "tessera",
        root_path=str(ROOT),
        instance_path=str(instance),
        static_folder=None,
        template_folder="templates",
    )
    app.config.from_mapping(read_settings(given, instance=instance))
    shell.init_app(app)
    return app
