//! The load as a picture: the whole day, the hours around the outage with and without jitter, and what follows it.

use std::fmt::Write as _;

use crate::day::Day;
use crate::load::{BUCKET, LIFETIME, Load};

const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 180.0;
const LEFT: f64 = 70.0;
const TOP: f64 = 36.0;
const GAP: f64 = 74.0;
const HOUR: i64 = 3_600_000;

const STYLE: &str = "\
text { font: 13px system-ui, sans-serif; fill: #333 } .title { font-weight: 600 }
.line { fill: none; stroke: #1864ab; stroke-width: 1.3 } .axis { stroke: #888; stroke-width: 1 }
.outage { fill: #e03131; opacity: 0.18 } .paper { fill: #fff }
@media (prefers-color-scheme: dark) {
  text { fill: #ddd } .line { stroke: #74c0fc } .paper { fill: #16181c } .outage { opacity: 0.35 }
}";

/// An SVG of both days.
pub fn plot(with: &Load, without: &Load) -> String {
    let after = Day::default().outage().end + LIFETIME as i64 * BUCKET;
    let panels = [
        ("the day, with jitter", with, 0, 24 * HOUR),
        ("around the outage, with jitter", with, 12 * HOUR, 16 * HOUR),
        ("around the outage, without jitter", without, 12 * HOUR, 16 * HOUR),
        ("what follows, with jitter", with, after, 16 * HOUR),
    ];
    let height = TOP + panels.len() as f64 * (HEIGHT + GAP);
    let width = LEFT + WIDTH + 20.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" \
         aria-label=\"Refreshes per second over a day\">\n<style>{STYLE}</style>\n\
         <rect class=\"paper\" width=\"{width:.0}\" height=\"{height:.0}\"/>\n"
    );
    for (index, (title, load, from, to)) in panels.into_iter().enumerate() {
        panel(&mut svg, title, load, (from, to), TOP + index as f64 * (HEIGHT + GAP));
    }
    svg.push_str("</svg>\n");
    svg
}

fn panel(svg: &mut String, title: &str, load: &Load, (from, to): (i64, i64), top: f64) {
    let index = |at: i64| usize::try_from(at / BUCKET).unwrap_or_default();
    let loads: Vec<f64> = load.per_second().skip(index(from)).take(index(to) - index(from)).collect();
    let highest = loads.iter().copied().fold(1.0, f64::max);
    let x = |at: i64| LEFT + (at - from) as f64 / (to - from) as f64 * WIDTH;
    let y = |load: f64| top + HEIGHT - load / highest * HEIGHT;
    let points: String = loads
        .iter()
        .enumerate()
        .map(|(bucket, load)| format!("{:.1},{:.1} ", x(from + bucket as i64 * BUCKET), y(*load)))
        .collect();
    let mut add = |line: String| {
        // Writing to a string does not fail.
        let _ = writeln!(svg, "{line}");
    };
    let outage = Day::default().outage();
    if from < outage.end {
        add(format!(
            "<rect class=\"outage\" x=\"{:.1}\" y=\"{top}\" width=\"{:.1}\" height=\"{HEIGHT}\"/>",
            x(outage.start),
            x(outage.end) - x(outage.start)
        ));
    }
    add(format!(
        "<text class=\"title\" x=\"{LEFT}\" y=\"{:.1}\">Refreshes per second: {title}</text>",
        top - 12.0
    ));
    for part in [0.0, 0.5, 1.0] {
        let load = highest * part;
        add(format!(
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{load:.0}</text>",
            LEFT - 8.0,
            y(load) + 4.0
        ));
    }
    add(format!("<polyline class=\"line\" points=\"{}\"/>", points.trim_end()));
    let bottom = top + HEIGHT;
    add(format!(
        "<line class=\"axis\" x1=\"{LEFT}\" y1=\"{bottom}\" x2=\"{:.1}\" y2=\"{bottom}\"/>",
        LEFT + WIDTH
    ));
    let every = if to - from > 12 * HOUR { 3 } else { 1 };
    for hour in ((from + HOUR - 1) / HOUR..=to / HOUR).step_by(every) {
        let at = x(hour * HOUR);
        add(format!(
            "<text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{hour}:00</text>",
            bottom + 18.0
        ));
    }
}
