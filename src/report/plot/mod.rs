//! Plots as SVG: curves over visits, agreement of repeat shots, forests of arms.
//!
//! Written by hand, because each is a few lines and marks, and because they must be read everywhere: no scripts, no
//! fonts, text that stays text, colors of [`STYLE`] that a page's own variables replace (light and dark), and never
//! color alone: a verdict has a shape as well. Blue and vermilion after Okabe and Ito are told apart with any color
//! vision. Each plot tells its content in words for those who do not see it.

pub mod bland_altman;
pub mod curve;
pub mod forest;

use std::fmt::Write as _;

use super::page::text;
use super::ticks::Ticks;
use crate::series::statistics::verdict::Verdict;

/// The style of all plots. A page that holds plots puts it into its style sheet.
pub const STYLE: &str = "\
.plot{font:13px system-ui,'Segoe UI',Roboto,Arial,sans-serif;max-width:100%}\
.plot.wide{min-width:600px;max-width:none}\
.plot text{fill:var(--ink,#1b2024)}\
.plot .quiet{fill:var(--muted,#59626a)}\
.plot .title{font-size:14px;font-weight:600}\
.plot .strong{font-weight:600}\
.plot .small{font-size:11px}\
.plot .axis{fill:none;stroke:var(--muted,#59626a);stroke-width:1}\
.plot .grid{fill:none;stroke:var(--line,#dde1e3);stroke-width:1}\
.plot .noise{fill:var(--muted,#59626a);fill-opacity:.14;stroke:none}\
.plot .noise-edge{fill:none;stroke:var(--muted,#59626a);stroke-width:1;stroke-dasharray:4 3}\
.plot .course{fill:none;stroke:var(--ink,#1b2024);stroke-width:1.5}\
.plot .control{fill:none;stroke:var(--muted,#59626a);stroke-width:1.5;stroke-dasharray:2 3}\
.plot .trend{fill:none;stroke:var(--muted,#59626a);stroke-width:1.5;stroke-dasharray:8 4}\
.plot .error{fill:none;stroke:var(--ink,#1b2024);stroke-width:1.2}\
.plot .session{fill:var(--muted,#59626a);stroke:none}\
.plot .within{fill:var(--paper,#fff);stroke:var(--ink,#1b2024);stroke-width:1.5}\
.plot .better{fill:var(--better,#0072b2);stroke:none}\
.plot .worse{fill:var(--worse,#c44e00);stroke:none}\
.plot .other{fill:var(--ink,#1b2024);stroke:none}\
.plot .cross{fill:none;stroke:var(--muted,#59626a);stroke-width:2}\
.plot .dot{fill:var(--better,#0072b2);fill-opacity:.55;stroke:none}\
.plot .limit{fill:none;stroke:var(--worse,#c44e00);stroke-width:1.5;stroke-dasharray:6 4}\
.plot .doubt{fill:var(--worse,#c44e00);fill-opacity:.13;stroke:none}\
.plot .bias{fill:none;stroke:var(--ink,#1b2024);stroke-width:1.5}\
.plot .bias-doubt{fill:var(--ink,#1b2024);fill-opacity:.10;stroke:none}";

/// The variables of a plot that stands alone.
const ALONE: &str = "\
svg{--paper:#fff;--ink:#1b2024;--muted:#59626a;--line:#dde1e3;--better:#0072b2;--worse:#c44e00;background:var(--paper)}\
@media (prefers-color-scheme:dark){svg{--paper:#14181a;--ink:#e6e9ea;--muted:#a3adb3;--line:#323a3e;--better:#56b4e9;--worse:#f08a4b}}";

/// A plot as a file of its own.
#[must_use]
pub fn alone(plot: &str) -> String {
    let body = plot.strip_prefix("<svg ").unwrap_or(plot);
    let (head, rest) = body.split_once('>').unwrap_or((body, ""));
    format!("<svg xmlns=\"http://www.w3.org/2000/svg\" {head}><style>{ALONE}{STYLE}</style>{rest}\n")
}

/// Text of a study inside SVG or HTML: without markup, and without characters that turn its surroundings around.
fn escaped(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    for c in text::name(raw).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // No XML may hold these two.
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(c),
        }
    }
    out
}

/// A number of three digits, with a true minus sign.
fn number(v: f64) -> String {
    text::short(v).replace('-', "\u{2212}")
}

/// The label of a tick, with a true minus sign.
fn tick(ticks: &Ticks, v: f64) -> String {
    ticks.label(v).replace('-', "\u{2212}")
}

/// An axis: where values lie on the drawing.
#[derive(Clone, Copy, Debug)]
struct Axis {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Axis {
    /// Over the finite ones of `values` and a margin; `None` where there is none.
    fn over(values: impl Iterator<Item = f64>, from: f64, to: f64) -> Option<Self> {
        let (low, high) = values
            .filter(|v| v.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
        if low > high {
            return None;
        }
        // All equal: some room on both sides.
        let margin = if high > low { 0.07 * (high - low) } else { (0.1 * high.abs()).max(1e-6) };
        let axis = Self { low: low - margin, high: high + margin, from, to };
        (axis.high - axis.low).is_finite().then_some(axis)
    }

    fn at(self, v: f64) -> f64 {
        self.from + (self.to - self.from) * ((v - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }
}

/// The mark of a verdict at a place: shape and color both tell it. `up` says which way the value went.
fn mark(out: &mut String, verdict: &Verdict, x: f64, y: f64, up: bool) {
    let tip = if up { -1.0 } else { 1.0 };
    let triangle = |class: &str| {
        format!(
            "<path class=\"{class}\" d=\"M{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}Z\"/>",
            x,
            y + 6.5 * tip,
            x - 6.0,
            y - 4.5 * tip,
            x + 6.0,
            y - 4.5 * tip
        )
    };
    out.push_str(&match verdict {
        Verdict::Improved => triangle("better"),
        Verdict::Worsened => {
            format!("<path class=\"worse\" d=\"M{:.1} {:.1}l6.5 6.5l-6.5 6.5l-6.5 -6.5Z\"/>", x, y - 6.5)
        }
        Verdict::Changed => triangle("other"),
        Verdict::WithinError => format!("<circle class=\"within\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"5\"/>"),
        Verdict::Withheld { .. } => {
            format!(
                "<path class=\"cross\" d=\"M{:.1} {:.1}l9 9M{:.1} {:.1}l-9 9\"/>",
                x - 4.5,
                y - 4.5,
                x + 4.5,
                y - 4.5
            )
        }
    });
}

/// Round values of a vertical axis with their lines.
fn horizontal_lines(out: &mut String, axis: Axis, left: f64, right: f64) {
    let ticks = Ticks::within(axis.low, axis.high, 5);
    for &v in &ticks.values {
        let y = axis.at(v);
        let _ = write!(
            out,
            "<path class=\"grid\" d=\"M{left:.1} {y:.1}H{right:.1}\"/><text class=\"quiet\" x=\"{:.1}\" y=\"{:.1}\" \
             text-anchor=\"end\">{}</text>",
            left - 6.0,
            y + 4.0,
            tick(&ticks, v)
        );
    }
}

/// Round values below a horizontal axis.
fn values_below(out: &mut String, axis: Axis, base: f64, wanted: usize) {
    let ticks = Ticks::within(axis.low, axis.high, wanted);
    let _ = write!(out, "<path class=\"axis\" d=\"M{:.1} {base:.1}H{:.1}\"/>", axis.from, axis.to);
    for &v in &ticks.values {
        let _ = write!(
            out,
            "<path class=\"axis\" d=\"M{0:.1} {base:.1}v5\"/><text class=\"quiet\" x=\"{0:.1}\" y=\"{1:.1}\" \
             text-anchor=\"middle\">{2}</text>",
            axis.at(v),
            base + 18.0,
            tick(&ticks, v)
        );
    }
}

/// The head of a plot. A wide one keeps its text readable: its page lets it scroll sideways.
fn head(width: f64, height: f64, told: &str) -> String {
    let class = if width > 600.0 { "plot wide" } else { "plot" };
    format!("<svg class=\"{class}\" viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" aria-label=\"{}\">", told)
}

#[cfg(test)]
mod testing {
    //! What every plot must keep.

    /// Well-formed, no script, no address but the name space, nothing that is not a number.
    pub fn check(svg: &str) {
        for bad in ["NaN", "inf", "<script", "href", "url(", "onload"] {
            assert!(!svg.contains(bad), "{bad}: {svg}");
        }
        let mut open = Vec::new();
        for tag in svg.split('<').skip(1) {
            let (inside, _) = tag.split_once('>').expect("every tag ends");
            assert_eq!(inside.matches('"').count() % 2, 0, "{inside}");
            if let Some(name) = inside.strip_prefix('/') {
                assert_eq!(open.pop(), Some(name.to_owned()), "{svg}");
            } else if !inside.ends_with('/') {
                open.push(inside.split(' ').next().unwrap().to_owned());
            }
        }
        assert!(open.is_empty(), "{open:?}");
    }

    #[test]
    fn text_of_a_study_is_no_markup() {
        let hostile = "<script>alert('x')</script>\"&\u{202e}\u{0}";
        let safe = super::escaped(hostile);
        assert!(!safe.contains(['<', '>', '"', '\'', '\u{202e}', '\u{0}']), "{safe}");
    }

    #[test]
    fn a_plot_alone_has_its_style() {
        let file = super::alone(&format!("{}</svg>", super::head(10.0, 10.0, "nothing")));
        assert!(
            file.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"plot\"") && file.contains(super::STYLE)
        );
        check(&file);
    }
}
