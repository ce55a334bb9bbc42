use super::Status;

/// Width of a character of 11 px, about: Verdana's, which every badge is drawn for.
const CHARACTER: f32 = 6.6;

/// An image (SVG) for a README: the worst that there is to say.
pub fn badge(status: &Status) -> String {
    let (text, color) = match (status.items.len(), status.drifted()) {
        (0, _) => ("nothing deployed".to_owned(), "#57606a"),
        (_, drifted @ 1..) => (format!("{drifted} drifted"), "#b42318"),
        (items, 0) => (format!("{items} items, none drifted"), "#1a7f37"),
    };
    let label = "tabship";
    let (left, right) = (width(label), width(&text));
    let (all, middle_left, middle_right) = (left + right, left / 2.0, left + right / 2.0);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{all:.0}\" height=\"20\" role=\"img\" aria-label=\"{label}: {text}\">\n\
         <title>{label}: {text}</title>\n\
         <clipPath id=\"r\"><rect width=\"{all:.0}\" height=\"20\" rx=\"3\"/></clipPath>\n\
         <g clip-path=\"url(#r)\"><rect width=\"{left:.0}\" height=\"20\" fill=\"#24292f\"/><rect x=\"{left:.0}\" width=\"{right:.0}\" height=\"20\" fill=\"{color}\"/></g>\n\
         <g fill=\"#fff\" text-anchor=\"middle\" font-family=\"Verdana,DejaVu Sans,sans-serif\" font-size=\"11\"><text x=\"{middle_left:.0}\" y=\"14\">{label}</text><text x=\"{middle_right:.0}\" y=\"14\">{text}</text></g>\n\
         </svg>\n"
    )
}

fn width(text: &str) -> f32 {
    (text.chars().count() as f32 * CHARACTER + 12.0).round()
}
