"use strict";
(() => {
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");

  const live = (viewer) => {
    const controls = viewer.querySelector(".controls");
    const panes = viewer.querySelector(".panes");
    const all = Array.from(viewer.querySelectorAll(".pane"));
    const slide = viewer.querySelector(".slide");
    const range = viewer.querySelector("input[type=range]");
    const blink = viewer.querySelector(".blink");
    const select = viewer.querySelector("select.visit");
    let chosen = viewer.dataset.chosen;
    let layer = "photo";
    let wanted = "slider";
    let timer = 0;

    const first = all[0];
    const later = () => all.find((pane) => pane !== first && pane.dataset.visit === chosen);
    const mode = () => viewer.dataset.mode;

    const cut = () => {
      panes.style.setProperty("--cut", `${range.value}%`);
      range.setAttribute("aria-valuetext", `first visit on the left ${range.value} percent`);
    };

    const turn = (other) => {
      panes.classList.toggle("off", other);
      const pane = other ? first : later();
      blink.querySelector("output").textContent = pane ? pane.querySelector("figcaption").textContent.trim() : "";
    };
    const stop = () => {
      clearInterval(timer);
      timer = 0;
      blink.querySelector(".pause").textContent = "Play";
    };
    const play = () => {
      stop();
      timer = setInterval(() => turn(!panes.classList.contains("off")), 900);
      blink.querySelector(".pause").textContent = "Pause";
    };

    const show = () => {
      const shown = later();
      for (const pane of all) {
        pane.hidden = pane !== first && pane !== shown;
        const frame = pane.querySelector(".frame");
        let any = false;
        for (const image of frame.querySelectorAll("img")) {
          image.hidden = image.dataset.layer !== layer;
          any ||= !image.hidden;
        }
        frame.classList.toggle("empty", !any);
      }
      if (!shown) return;
      // What lies nowhere cannot lie over the first photo.
      const over = shown.dataset.laid === "yes";
      for (const input of controls.querySelectorAll("input[name^=mode]")) input.disabled = !over && input.value !== "side";
      viewer.dataset.mode = over ? wanted : "side";
      for (const input of controls.querySelectorAll("input[name^=mode]")) input.checked = input.value === mode();
      slide.hidden = mode() !== "slider";
      blink.hidden = mode() !== "blink";
      stop();
      turn(false);
      if (mode() === "blink" && !still.matches) play();
      cut();
    };

    viewer.classList.add("live");
    controls.addEventListener("submit", (event) => event.preventDefault());
    controls.addEventListener("change", (event) => {
      const input = event.target;
      if (input.name.startsWith("mode")) wanted = input.value;
      else if (input.name.startsWith("layer")) layer = input.value;
      else if (input === select) chosen = select.value;
      show();
    });
    if (range) {
      range.addEventListener("input", cut);
      blink.querySelector(".pause").addEventListener("click", () => (timer ? stop() : play()));
      blink.querySelector(".switch").addEventListener("click", () => {
        stop();
        turn(!panes.classList.contains("off"));
      });
      still.addEventListener("change", () => still.matches && stop());
      const drag = (event) => {
        if (mode() !== "slider" || !(event.buttons & 1)) return;
        const box = first.querySelector(".frame").getBoundingClientRect();
        const share = Math.round((100 * (event.clientX - box.left)) / box.width);
        range.value = String(Math.min(100, Math.max(0, share)));
        cut();
        event.preventDefault();
      };
      panes.addEventListener("pointerdown", drag);
      panes.addEventListener("pointermove", drag);
      panes.addEventListener("dragstart", (event) => event.preventDefault());
    }
    controls.hidden = !controls.children.length;
    show();
  };

  document.querySelectorAll(".viewer").forEach(live);
})();
