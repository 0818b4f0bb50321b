"""What a person does with a page: looks for a field by its name, fills it in, presses the button.

Labels differ from language to language; names, addresses and actions do not.
"""

from playwright.sync_api import Page

from tests.support.web import PASSWORD

PATIENCE = 15_000  # milliseconds


class Hand:
    """Somebody at a browser."""

    def __init__(self, page: Page) -> None:
        """Sit down in front of a page."""
        self.page = page
        page.set_default_timeout(PATIENCE)

    def go(self, path: str) -> None:
        """Open a page of the site."""
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.ok, f"{path} answers {answer.status}"

    def fill(self, **fields: str) -> None:
        """Type into fields, or choose what they offer."""
        for name, value in fields.items():
            field = self.page.locator(f'main [name="{name}"]:not([type=hidden])').first
            kind = field.get_attribute("type")
            if kind in {"radio", "checkbox"}:
                chosen = f'[name="{name}"][value="{value}"]'
                self.page.locator(f"main label:has({chosen})").first.click()
                assert self.page.locator(f"main {chosen}").first.is_checked()
            elif field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def press(self, action: str) -> None:
        """Press the button of the form that goes to an address with this end."""
        form = self.page.locator(f'main form[action*="{action}"]').first
        with self.page.expect_navigation():
            form.locator("button[type=submit]:not([formaction])").last.click()

    def follow(self, address: str) -> None:
        """Follow the first link whose address contains this."""
        with self.page.expect_navigation():
            self.page.locator(f'main a[href*="{address}"]:visible').first.click()

    def register(self, name: str, called: str, role: str) -> None:
        """Open an account."""
        self.go("/register")
        self.fill(role=role, name=called, email=f"{name}@tessera.example", password=PASSWORD)
        self.fill(agree="1")
        self.press("/register")
        assert "/register" not in self.page.url, self.said

    def sign_in(self, name: str) -> None:
        """Sign in to an account that is there."""
        self.go("/sign-in")
        self.fill(email=f"{name}@tessera.example", password=PASSWORD)
        self.press("/sign-in")
        assert "/sign-in" not in self.page.url, self.said

    @property
    def said(self) -> str:
        """What the page says."""
        return self.page.locator("main").inner_text()
