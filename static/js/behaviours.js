// Small behaviours, named by data-ts-* attributes. Every page works without them.
(() => {
  "use strict";

  const behaviours = {
    // The error summary of a refused form takes the focus.
    "[data-ts-focus]": (box) => box.focus(),

    // A form is sent once: its buttons rest until the next page is there.
    "form[data-ts-once]": (form) => {
      form.addEventListener("submit", (event) => {
        if (form.dataset.tsSent) {
          event.preventDefault();
          return;
        }
        form.dataset.tsSent = "yes";
        // After the event, so that the clicked button's own value is still sent.
        setTimeout(() => setBusy(form, true));
      });
    },

    // A button that copies a value.
    "button[data-ts-copy]": (button) => {
      if (!navigator.clipboard) return;
      button.hidden = false;
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(button.dataset.tsCopy);
        button.classList.add("ts-copied");
        setTimeout(() => button.classList.remove("ts-copied"), 1500);
      });
    },

    // A password that can be looked at.
    "input[data-ts-reveal]": (input) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "ts-reveal";
      button.textContent = input.dataset.tsReveal;
      button.setAttribute("aria-pressed", "false");
      button.addEventListener("click", () => {
        const shown = input.type === "password";
        input.type = shown ? "text" : "password";
        button.setAttribute("aria-pressed", String(shown));
      });
      input.after(button);
    },

    // A slider beside a text field: each follows the other, and the field is what is sent.
    "input[data-ts-slides]": (slider) => {
      const field = document.getElementById(slider.dataset.tsSlides);
      slider.hidden = false;
      slider.addEventListener("input", () => {
        field.value = Number(slider.value).toLocaleString("en-US");
      });
      field.addEventListener("input", () => {
        slider.value = field.value.replace(/[^\d.]/g, "");
      });
    },

    // A menu closes on Escape and on a click beside it.
    "details[data-ts-menu]": (menu) => {
      document.addEventListener("click", (event) => {
        if (!menu.contains(event.target)) menu.open = false;
      });
      menu.addEventListener("keydown", (event) => {
        if (event.key !== "Escape") return;
        menu.open = false;
        menu.querySelector("summary").focus();
      });
    },

    // What is folded on a phone stands open where there is room.
    "details[data-ts-wide-open]": (details) => {
      if (matchMedia("(min-width: 992px)").matches) details.open = true;
    },

    // Who reads for long is asked before the session ends. Every page of this site, in whichever
    // tab, begins the time anew.
    "dialog[data-ts-idle]": (dialog) => {
      const minutes = 60000;
      const tabs = new BroadcastChannel("ts-session");
      const answer = dialog.querySelector("[data-ts-answer]");
      const over = dialog.querySelector(".ts-idle-over");
      let asks, ends;

      const begin = () => {
        clearTimeout(asks);
        clearTimeout(ends);
        if (dialog.open) dialog.close();
        const lasts = Number(dialog.dataset.tsIdle) * 1000;
        asks = setTimeout(() => dialog.showModal(), Math.max(lasts - 2 * minutes, lasts / 2));
        ends = setTimeout(end, lasts);
      };
      const end = () => {
        over.hidden = false;
        answer.disabled = true;
      };

      answer.addEventListener("click", async () => {
        const reply = await fetch(dialog.dataset.tsStay, { redirect: "manual" });
        if (reply.status !== 204) return end();
        tabs.postMessage("here");
        begin();
      });
      tabs.addEventListener("message", begin);
      document.addEventListener("htmx:afterRequest", begin);
      tabs.postMessage("here");
      begin();
    },

    // A question before something that cannot be taken back; only a second look, never the only one.
    "form[data-ts-confirm]": (form) => {
      form.addEventListener("submit", (event) => {
        if (!confirm(form.dataset.tsConfirm)) event.preventDefault();
      });
    },
  };

  function setBusy(form, busy) {
    for (const button of form.querySelectorAll("button[type=submit]")) {
      button.disabled = busy;
      button.classList.toggle("ts-busy", busy);
    }
  }

  function attach(root) {
    for (const [selector, behave] of Object.entries(behaviours)) {
      if (root.matches?.(selector)) behave(root);
      root.querySelectorAll(selector).forEach(behave);
    }
  }

  attach(document);
  document.addEventListener("htmx:load", (event) => {
    if (event.target !== document.body) attach(event.target);
  });

  // Whoever comes back with the browser's button finds a form that can be sent.
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-ts-sent]")) {
      delete form.dataset.tsSent;
      setBusy(form, false);
    }
  });
})();
