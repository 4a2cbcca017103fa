"""Drives Chromium over its debugging pipe and checks the pages of a study. Standard library only."""

import base64
import csv
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

KEYS = {
    "Tab": ("Tab", 9, ""),
    "Enter": ("Enter", 13, "\r"),
    "ArrowRight": ("ArrowRight", 39, ""),
    "ArrowLeft": ("ArrowLeft", 37, ""),
    "ArrowUp": ("ArrowUp", 38, ""),
    "ArrowDown": ("ArrowDown", 40, ""),
    "Home": ("Home", 36, ""),
    "End": ("End", 35, ""),
    " ": ("Space", 32, " "),
}

# Text whose contrast to what lies behind it is below WCAG 2.2 AA; text on photos is left out.
CONTRAST = r"""
(() => {
  const rgba = (text) => { const p = text.match(/[\d.]+/g).map(Number); return p.length > 3 ? p : [...p, 1]; };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const color = rgba(getComputedStyle(e).backgroundColor);
      if (color[3] === 1) return color;
    }
    return rgba(getComputedStyle(document.documentElement).colorScheme.includes("dark") ? "rgb(0,0,0)" : "rgb(255,255,255)");
  };
  const bad = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || element.closest("script, .frame, title, option") || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const color = rgba(element instanceof SVGElement ? style.fill : style.color);
    const [a, b] = [light(color), light(behind(element))].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < (large ? 3 : 4.5)) bad.push(`${walker.currentNode.data.trim().slice(0, 40)} (${ratio.toFixed(2)})`);
  }
  return bad;
})()
"""


class Browser:
    """Chromium and one page of it."""

    def __init__(self, profile):
        to_child, self.out = os.pipe()
        self.inp, from_child = os.pipe()
        flags = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--no-first-run", "--hide-scrollbars",
            "--disable-background-networking", "--disable-component-update", "--force-color-profile=srgb",
            "--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={profile}", "about:blank",
        ]

        # Chromium reads from 3 and writes to 4; the copies first move out of the way of both.
        def wire():
            a, b = os.dup(to_child), os.dup(from_child)
            while a in (3, 4):
                a = os.dup(a)
            while b in (3, 4):
                b = os.dup(b)
            os.dup2(a, 3)
            os.dup2(b, 4)

        self.process = subprocess.Popen(
            [shutil.which("chromium"), *flags], preexec_fn=wire, close_fds=False,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        os.close(to_child)
        os.close(from_child)
        os.set_blocking(self.inp, False)
        self.buffer = b""
        self.last = 0
        self.session = None
        self.events = []
        target = self("Target.createTarget", url="about:blank")["targetId"]
        self.session = self("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self(f"{domain}.enable")

    def read(self, deadline):
        while b"\0" not in self.buffer:
            if time.monotonic() > deadline:
                raise TimeoutError("the browser does not answer")
            try:
                part = os.read(self.inp, 1 << 20)
                if not part:
                    raise EOFError("the browser ended")
                self.buffer += part
            except BlockingIOError:
                time.sleep(0.005)
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def __call__(self, method, **params):
        self.last += 1
        message = {"id": self.last, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.out, data):]
        deadline = time.monotonic() + 60
        while True:
            answer = self.read(deadline)
            if answer.get("id") == self.last:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def wait(self, method, seconds=30):
        deadline = time.monotonic() + seconds
        while not any(e.get("method") == method for e in self.events):
            self.events.append(self.read(deadline))

    def open(self, url):
        self.events = [e for e in self.events if e.get("method") != "Page.loadEventFired"]
        self("Page.navigate", url=url)
        self.wait("Page.loadEventFired")

    def js(self, code):
        result = self("Runtime.evaluate", expression=code, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{code}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def press(self, key, times=1):
        name, code, text = KEYS[key]
        for _ in range(times):
            common = {"key": key, "code": name, "windowsVirtualKeyCode": code}
            self("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", text=text, **common)
            self("Input.dispatchKeyEvent", type="keyUp", **common)

    def size(self, width, height=900):
        self("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def picture(self, box=None, whole=False):
        clip = {"clip": {**box, "scale": 1}} if box else {}
        data = self("Page.captureScreenshot", format="png", captureBeyondViewport=whole or bool(box), **clip)["data"]
        return base64.b64decode(data)

    def media(self, kind="", **features):
        self("Emulation.setEmulatedMedia", media=kind, features=[{"name": k.replace("_", "-"), "value": v} for k, v in features.items()])

    def close(self):
        try:
            self.session = None
            self("Browser.close")
        except (OSError, EOFError, TimeoutError, RuntimeError):
            pass
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Checks:
    def __init__(self):
        self.passed, self.failed = 0, 0

    def __call__(self, what, good, found=""):
        if good:
            self.passed += 1
        else:
            self.failed += 1
        print(f"{'ok    ' if good else 'FAILED'} {what}" + ("" if good else f": {found}"))


def tab_to(browser, wanted, most=120):
    """Presses Tab until the focus is on what is wanted; whether it got there, and whether every stop could be seen."""
    unseen = []
    for _ in range(most):
        browser.press("Tab")
        seen = browser.js(
            "(() => { const e = document.activeElement, s = getComputedStyle(e); return [e.matches(" + json.dumps(wanted) + "),"
            " s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 1, e.tagName + ' ' + e.textContent.slice(0, 30)]; })()"
        )
        if not seen[1]:
            unseen.append(seen[2])
        if seen[0]:
            return True, unseen
    return False, unseen


def fits(browser, check, name):
    for width in (1440, 390):
        browser.size(width)
        wide = browser.js("document.documentElement.scrollWidth")
        check(f"{name}: no sideways scroll at {width} px", wide <= width, f"{wide} px wide")


# What a reader of the screen must be told the name of.
SPOKEN = {"button", "link", "slider", "combobox", "radio", "checkbox", "textbox", "searchbox", "image", "region", "navigation", "group"}


def structure(browser, check, name):
    """Names for those who do not see, headings in order, no day that only a program counts."""
    nameless, regions = [], []
    for node in browser("Accessibility.getFullAXTree")["nodes"]:
        role, said = node.get("role", {}).get("value"), node.get("name", {}).get("value", "").strip()
        if node.get("ignored") or role not in SPOKEN:
            continue
        if not said and role != "group":
            nameless.append(f"{role} {node.get('backendDOMNodeId')}")
        if role == "region":
            regions.append(said)
    check(f"{name}: everything that is operated or looked at has a name", not nameless, nameless[:5])
    twice = sorted({r for r in regions if regions.count(r) > 1})
    check(f"{name}: no two regions have one name", not twice, twice[:5])
    levels = browser.js("Array.from(document.querySelectorAll('h1, h2, h3, h4'), (h) => Number(h.tagName[1]))")
    steps = levels[:1] == [1] and levels.count(1) == 1 and all(b <= a + 1 for a, b in zip(levels, levels[1:]))
    check(f"{name}: headings go down step by step", steps, levels)
    days = re.findall(r"\bday \d{5,}", browser.js("document.body.textContent"))
    check(f"{name}: days are dates or days of the study", not days, days[:5])


def contrast(browser, check, name):
    for scheme in ("light", "dark"):
        browser.media(prefers_color_scheme=scheme)
        bad = browser.js(CONTRAST)
        check(f"{name}: contrast in {scheme}", not bad, bad[:5])
    browser.media()


def opened(browser, check, url, name):
    browser.size(1440)
    browser.open(url)
    check(f"{name}: language", browser.js("document.documentElement.lang") == "en")
    structure(browser, check, name)
    fits(browser, check, name)
    contrast(browser, check, name)
    browser.size(1440)


def table(browser, check, name):
    """The table that sorts and is filtered."""
    names = "Array.from(document.querySelectorAll('.sortable tbody th'), (c) => c.textContent.trim())"
    before = browser.js(names)
    reached, unseen = tab_to(browser, ".sortable thead th:first-child button")
    check(f"{name}: the head of a column is reached by Tab", reached)
    check(f"{name}: every stop of Tab is seen", not unseen, unseen[:5])
    browser.press("Enter")
    up, order = browser.js(names), "document.querySelector('.sortable thead th').getAttribute('aria-sort')"
    check(f"{name}: Enter sorts", sorted(up) == sorted(before) and browser.js(order) == "ascending", browser.js(order))
    browser.press("Enter")
    down = browser.js(names)
    unique = len(set(up)) == len(up)
    other = down == up[::-1] if unique else down[0] == up[-1]
    check(f"{name}: Enter sorts the other way", other and browser.js(order) == "descending", (up[:9], down[:9]))
    numbers = (
        "(() => { const heads = Array.from(document.querySelectorAll('.sortable thead th'));"
        " const head = heads.findLast((h) => h.classList.contains('num') && h.hasAttribute('aria-sort')); head.querySelector('button').click();"
        " const cells = Array.from(document.querySelectorAll('.sortable tbody tr'), (r) => r.cells[head.cellIndex]);"
        " return cells.map((c) => c.dataset.key ?? c.textContent.trim()); })()"
    )
    sorted_by = browser.js(numbers)
    full = [float(v) for v in sorted_by if v]
    empty_last = all(not v for v in sorted_by[len(full):])
    check(f"{name}: numbers sort as numbers, empty cells last", full == sorted(full) and empty_last, sorted_by[:9])
    typed = "(async () => {{ const i = document.getElementById('filter'); i.value = {}; i.dispatchEvent(new Event('input')); await new Promise((r) => setTimeout(r, 200)); }})()"
    browser.js(typed.format(json.dumps(before[0])))
    left = browser.js("document.querySelectorAll('.sortable tbody tr:not([hidden])').length")
    said = browser.js("document.getElementById('shown').textContent")
    check(f"{name}: the filter keeps what matches", 1 <= left < max(len(before), 2), f"{left} of {len(before)}")
    check(f"{name}: the filter says how many", said.startswith(f"{left} of "), said)
    browser.js(typed.format('""'))


def index_page(browser, check, url):
    opened(browser, check, url, "index")
    table(browser, check, "index")
    links = "Array.from(document.querySelectorAll('#subject-table tbody a'), (a) => a.href)"
    return browser.js(links)


FRAME = (
    "(() => { const r = document.querySelector('.viewer .pane.before .frame').getBoundingClientRect();"
    " return {x: r.x + scrollX, y: r.y + scrollY, width: r.width, height: r.height}; })()"
)
PAIR = (
    "(document.querySelector('.viewer')?.querySelectorAll('.pane:not([hidden]) .frame') ?? [])"
)


def rows_of(path):
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def bars(browser, check, folder, name):
    """The scale bar is as long as it says, by the photo's own millimeters per pixel."""
    subject = browser.js("document.querySelector('h1 bdi').textContent")
    of = "Array.from(document.querySelectorAll('.viewer'), (v) => { const b = v.querySelector('.before .bar .body');"
    of += " return b && [v.getAttribute('aria-label'), b.getBoundingClientRect().width / v.querySelector('.before .frame').getBoundingClientRect().width,"
    of += " v.querySelector('.before .bar-words').textContent]; })"
    first = {}
    for row in rows_of(folder / "shots.csv"):
        if row["subject"] == subject and row["region"] == "all" and row["mm_per_px"]:
            first.setdefault(row["view"], row)
    for bar in browser.js(of):
        rows = [row for view, row in first.items() if bar and bar[0] == "Before and after" + (f", view {view}" if view else "")]
        if rows:
            mm = bar[1] * float(rows[0]["width_px"]) * float(rows[0]["mm_per_px"])
            said = float(bar[2].split()[0])
            check(f"{name}: the scale bar is {bar[2]} long", abs(mm / said - 1) < 0.01, f"{mm:.2f} mm")


CURVES = r"""
Array.from(document.querySelectorAll(".curves .plot"), (svg) => {
  const texts = Array.from(svg.querySelectorAll("text.quiet[text-anchor=end]")).filter((t) => t.getAttribute("x") < 60);
  const ticks = texts.map((t) => [Number(t.getAttribute("y")) - 4, Number(t.textContent.replace("−", "-"))]);
  const box = svg.querySelector("rect.noise");
  const band = box && [Number(box.getAttribute("y")), Number(box.getAttribute("height"))];
  const bars = Array.from(svg.querySelectorAll(":scope > path.error"), (p) => p.getAttribute("d").match(/^M\S+ (\S+)V([\d.]+)/).slice(1).map(Number));
  let heading = svg.closest(".curves").previousElementSibling;
  return { place: heading.firstChild.textContent.trim(), title: svg.querySelector(".title").textContent, ticks, band, bars };
})
"""


def curves(browser, check, folder, name):
    """Intervals and bands of the curves are those of change.csv."""
    subject = browser.js("document.querySelector('h1 bdi').textContent")
    rows = [row for row in rows_of(folder / "change.csv") if row["subject"] == subject]
    wrong, seen = [], 0
    for curve in browser.js(CURVES):
        ticks = sorted(curve["ticks"])
        metric = re.search(r"(\w+)\)?$", curve["title"])[1]

        def said(row):
            place = "all skin" if row["region"] == "all" else row["region"]
            place += f", view {row['view']}" if row["view"] else ""
            return place.lower() == curve["place"].split(", of which")[0].lower() and row["metric"] == metric

        own = [row for row in rows if said(row)]
        if len(ticks) < 2 or not own:
            continue
        (y0, v0), (y1, v1) = ticks[0], ticks[-1]
        at = lambda y: v0 + (y - y0) * (v1 - v0) / (y1 - y0)
        near = lambda a, b: abs(a - b) < 0.006 * abs(v1 - v0) * 170 / abs(y1 - y0) + 1e-12
        ends = [(float(row["value_low"]), float(row["value_high"])) for row in own if row["value_low"]]
        drawn = [(at(low), at(high)) for low, high in curve["bars"]]
        seen += len(ends)
        if len(ends) != len(drawn) or not all(near(a, c) and near(b, d) for (a, b), (c, d) in zip(ends, drawn)):
            wrong.append((curve["place"], metric, ends, drawn))
        told = [row for row in own if row["sdc95_low"]]
        if told and curve["band"]:
            base = float(told[-1]["baseline_value"])
            y, height = curve["band"]
            low, high = base + float(told[-1]["sdc95_low"]), base + float(told[-1]["sdc95_high"])
            if height > 0.5 and not (near(at(y), high) and near(at(y + height), low)):
                wrong.append((curve["place"], metric, (low, high), (at(y + height), at(y))))
    if rows:
        check(f"{name}: curves and bands are those of change.csv", seen > 0 and not wrong, wrong[:2] or seen)


def captions(browser, check, name):
    browser.size(390)
    cut = browser.js(
        "Array.from(document.querySelectorAll('.pane:not([hidden]) figcaption')).filter((c) => c.scrollHeight > c.clientHeight + 1 || c.scrollWidth > c.clientWidth + 1)"
        ".map((c) => c.textContent)"
    )
    check(f"{name}: at 390 px no caption is cut", not cut, cut[:3])
    browser.size(1440)


def subject_page(browser, check, folder, url, name):
    opened(browser, check, url, name)
    bars(browser, check, folder, name)
    curves(browser, check, folder, name)
    captions(browser, check, name)
    broken = browser.js("Array.from(document.images).filter((i) => !i.complete || !i.naturalWidth).length")
    check(f"{name}: every picture is whole", broken == 0, f"{broken} broken")
    return browser.js("!!document.querySelector('.viewer[data-mode=slider]')")


def slider(browser, check):
    reached, unseen = tab_to(browser, "input[type=range]")
    check("slider: reached by Tab", reached)
    check("slider: every stop of Tab is seen", not unseen, unseen[:5])
    check("slider: has a name", len(browser.js("document.activeElement.ariaLabel") or "") > 10)
    value = "document.activeElement.value"
    start, first = int(browser.js(value)), browser.picture(browser.js(FRAME))
    text = browser.js("document.activeElement.getAttribute('aria-valuetext')")
    browser.press("ArrowRight", 25)
    check("slider: the arrow key moves it", int(browser.js(value)) == start + 25, browser.js(value))
    check("slider: it says where it is", browser.js("document.activeElement.getAttribute('aria-valuetext')") != text)
    check("slider: the picture changes", browser.picture(browser.js(FRAME)) != first)
    browser.press("ArrowLeft", 25)
    check("slider: the other arrow key moves it back", int(browser.js(value)) == start, browser.js(value))
    check("slider: back where it was, the picture is as it was", browser.picture(browser.js(FRAME)) == first)
    browser.press("Home")
    later, least = browser.picture(browser.js(FRAME)), int(browser.js(value))
    browser.press("End")
    check("slider: Home and End lead to its ends", (least, int(browser.js(value))) == (0, 100), (least, browser.js(value)))
    check("slider: its ends show one photo each", browser.picture(browser.js(FRAME)) != later)
    boxes = browser.js(f"Array.from({PAIR}, (f) => JSON.stringify(f.getBoundingClientRect()))")
    check("slider: both photos lie in one place", len(boxes) == 2 and boxes[0] == boxes[1], boxes)


def keyboard(browser, check):
    """Visit, blink and pause without a mouse."""
    panes = "Array.from(document.querySelectorAll('.viewer .pane.after:not([hidden])'), (p) => p.dataset.visit)"
    visits = browser.js("document.querySelector('.viewer select.visit').options.length")
    browser.js("(document.activeElement.blur(), document.querySelector('.viewer .controls').scrollIntoView())")
    browser.js("document.querySelector('.up').focus()")
    reached, _ = tab_to(browser, "select.visit")
    check("keyboard: the choice of a visit is reached", reached)
    if visits > 1:
        before = browser.js(panes)
        browser.press("ArrowUp")
        check("keyboard: an arrow key chooses another visit", browser.js(panes) != before, before)
        browser.press("ArrowDown")
        check("keyboard: and this one again", browser.js(panes) == before, browser.js(panes))
    browser.js("document.querySelector('.up').focus()")
    reached, _ = tab_to(browser, "input[name^=mode]")
    check("keyboard: the modes are reached", reached)
    browser.press("ArrowRight", 2)
    check("keyboard: arrow keys lead to blink", browser.js("document.querySelector('.viewer').dataset.mode") == "blink")
    reached, unseen = tab_to(browser, "button.pause")
    check("keyboard: Pause is reached", reached and not unseen, unseen[:5])
    browser.press(" ")
    off = "(document.activeElement.textContent, document.querySelector('.viewer .panes').classList.contains('off'))"
    states = "(async () => { const seen = new Set(); for (let i = 0; i < 25; i++) { seen.add(" + off + "); await new Promise((r) => setTimeout(r, 80)); } return seen.size; })()"
    check("keyboard: Space pauses", browser.js(states) == 1 and browser.js("document.activeElement.textContent") == "Play")
    browser.press("Tab")
    before = browser.js(off)
    browser.press("Enter")
    check("keyboard: Enter shows the other photo", browser.js(off) != before)
    browser.js("document.querySelector('.viewer input[value=slider]').click()")


def modes(browser, check):
    choose = "(() => {{ const i = document.querySelector('.viewer input[value={}]'); i.click(); return i.checked; }})()"
    check("side by side: can be chosen", browser.js(choose.format("side")))
    lefts = browser.js(f"Array.from({PAIR}, (f) => f.getBoundingClientRect().left)")
    check("side by side: apart", len(lefts) == 2 and lefts[1] > lefts[0] + 50, lefts)
    off = "document.querySelector('.viewer .panes').classList.contains('off')"
    states = "(async () => { const seen = new Set(); for (let i = 0; i < 30; i++) { seen.add(" + off + "); await new Promise((r) => setTimeout(r, 80)); } return seen.size; })()"
    browser.js(choose.format("blink"))
    check("blink: both photos come", browser.js(states) == 2)
    browser.js("document.querySelector('.viewer .pause').click()")
    check("blink: pause stops it", browser.js(states) == 1)
    browser.media(prefers_reduced_motion="reduce")
    browser.js(choose.format("side"))
    browser.js(choose.format("blink"))
    check("blink: still where less motion is asked for", browser.js(states) == 1)
    browser.media()
    layers = browser.js("Array.from(document.querySelectorAll('.viewer input[name^=layer]'), (i) => i.value)")
    browser.js(choose.format("slider"))
    photo = browser.picture(browser.js(FRAME))
    for layer in layers[1:]:
        browser.js(choose.format(layer))
        check(f"map: {layer} replaces the photo", browser.picture(browser.js(FRAME)) != photo)
    if layers:
        browser.js(choose.format(layers[0]))


def paper(browser, check, name, keep):
    browser.media("print")
    if browser.js("document.querySelectorAll('.viewer:first-of-type .pane').length > 1"):
        boxes = browser.js(f"Array.from({PAIR}, (f) => f.getBoundingClientRect().toJSON())")
        side = len(boxes) == 2 and boxes[1]["left"] > boxes[0]["right"] - 1 and abs(boxes[1]["top"] - boxes[0]["top"]) < 2
        check(f"{name}: on paper the photos stand side by side", side, boxes)
    shown = browser.js("Array.from(document.querySelectorAll('.controls, .slide, .filter, .blink')).some((e) => e.checkVisibility())")
    check(f"{name}: on paper there is nothing to operate", not shown)
    # 210 mm less two margins of 14 mm.
    browser.size(688)
    off = browser.js(
        "Array.from(document.querySelectorAll('table, svg, img, pre, p')).filter((e) => e.checkVisibility() && e.getBoundingClientRect().right > 689)"
        ".map((e) => `${e.tagName} ${e.id || e.className.baseVal || e.className} ${e.getBoundingClientRect().right.toFixed(0)} px`)"
    )
    check(f"{name}: nothing runs off the paper", not off, off[:5])
    browser.media()
    browser.size(1440)
    pdf = base64.b64decode(browser("Page.printToPDF", preferCSSPageSize=True, printBackground=False)["data"])
    box = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", pdf)
    a4 = box and abs(float(box[1]) - 595) < 2 and abs(float(box[2]) - 842) < 2
    check(f"{name}: prints on A4", pdf.startswith(b"%PDF") and a4, box and box[0])
    if keep:
        (keep / f"{name}.pdf").write_bytes(pdf)


def without_script(browser, check, url):
    browser("Emulation.setScriptExecutionDisabled", value=True)
    browser.size(1440)
    browser.open(url)
    boxes = browser.js(f"Array.from({PAIR}, (f) => f.getBoundingClientRect().toJSON())")
    side = len(boxes) >= 2 and boxes[1]["left"] > boxes[0]["right"] - 1 and boxes[1]["top"] == boxes[0]["top"]
    check("without a script: before and after side by side", side, boxes[:2])
    check("without a script: nothing that does not work", not browser.js("document.querySelector('.controls, .slide').checkVisibility()"))
    browser("Emulation.setScriptExecutionDisabled", value=False)


def main():
    folder = pathlib.Path(sys.argv[1]).resolve()
    keep = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
    check = Checks()
    with tempfile.TemporaryDirectory() as profile:
        browser = Browser(profile)
        try:
            links = index_page(browser, check, (folder / "index.html").as_uri())
            check("index: it links to subjects", bool(links))
            paper(browser, check, "index", keep)
            slid = False
            others = [path for name in ("repeatability", "report") for path in sorted(folder.rglob(f"{name}.html"))]
            for path in others:
                opened(browser, check, path.as_uri(), path.stem)
                table(browser, check, path.stem)
                paper(browser, check, path.stem, keep)
            for url in links[:6]:
                name = url.rsplit("/", 1)[1].removesuffix(".html")
                if subject_page(browser, check, folder, url, name) and not slid:
                    slid = True
                    slider(browser, check)
                    keyboard(browser, check)
                    modes(browser, check)
                    without_script(browser, check, url)
                    browser.open(url)
                paper(browser, check, name, keep)
            check("a subject with photos to slide over one another", slid)
            if keep:
                for url in [(folder / "index.html").as_uri(), *(path.as_uri() for path in others), *links[:6]]:
                    name = url.rsplit("/", 1)[1].removesuffix(".html")
                    browser.open(url)
                    for width in (1440, 390):
                        browser.size(width)
                        height = browser.js("document.documentElement.scrollHeight")
                        box = {"x": 0, "y": 0, "width": width, "height": min(height, 12000)}
                        (keep / f"{name}_{width}.png").write_bytes(browser.picture(box))
            asked = [e["params"]["request"]["url"] for e in browser.events if e.get("method") == "Network.requestWillBeSent"]
            own = folder.as_uri()
            strange = [u for u in asked if not u.startswith("data:") and not (u.startswith(own) and u.endswith(".html"))]
            check("nothing is fetched", bool(asked) and not strange, strange[:5])
            wrong = [e for e in browser.events if e.get("method") == "Runtime.exceptionThrown"]
            wrong += [e for e in browser.events if e.get("method") == "Log.entryAdded" and e["params"]["entry"]["level"] == "error"]
            wrong += [e for e in browser.events if e.get("method") == "Runtime.consoleAPICalled" and e["params"]["type"] == "error"]
            check("no error in the console", not wrong, json.dumps(wrong[:3]))
        finally:
            browser.close()
    print(f"{check.passed} passed, {check.failed} failed")
    return 1 if check.failed else 0


if __name__ == "__main__":
    sys.exit(main())
