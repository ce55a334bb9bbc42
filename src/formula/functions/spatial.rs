use super::{Category, Function, Kind, Parameter, optional, required};

const SPATIAL: Parameter = required(Kind::Spatial);
const UNIT: Parameter = required(Kind::DistanceUnit);
const NUMBER: Parameter = required(Kind::Number);
const ONE: &[Parameter] = &[SPATIAL];
const TWO: &[Parameter] = &[SPATIAL, SPATIAL];
const MEASURED: &[Parameter] = &[SPATIAL, UNIT];

const fn spatial(
    name: &'static str,
    parameters: &'static [Parameter],
    result: Kind,
    syntax: &'static str,
    summary: &'static str,
) -> Function {
    Function::new(name, Category::Spatial, parameters, result, syntax, summary)
}

#[rustfmt::skip] // A table: one row, one line.
pub(super) const FUNCTIONS: &[Function] = &[
    spatial("AREA", MEASURED, Kind::Number, "AREA(polygon, 'units')", "The area of a polygon."),
    spatial("BUFFER", &[SPATIAL, NUMBER, UNIT], Kind::Spatial, "BUFFER(geometry, distance, 'units')", "What lies within a distance of a geometry."),
    spatial("DIFFERENCE", TWO, Kind::Spatial, "DIFFERENCE(geometry1, geometry2)", "The part of the first geometry that is not in the second."),
    spatial("DISTANCE", &[SPATIAL, SPATIAL, UNIT], Kind::Number, "DISTANCE(point1, point2, 'units')", "The distance between two points."),
    spatial("INTERSECTION", TWO, Kind::Spatial, "INTERSECTION(geometry1, geometry2)", "The part that two geometries share."),
    spatial("INTERSECTS", TWO, Kind::Boolean, "INTERSECTS(geometry1, geometry2)", "Whether two geometries overlap."),
    spatial("LENGTH", MEASURED, Kind::Number, "LENGTH(geometry, 'units')", "The length of the lines of a geometry."),
    spatial("MAKELINE", TWO, Kind::Spatial, "MAKELINE(point1, point2)", "The line between two points.").since(2019, 2),
    spatial("MAKEPOINT", &[NUMBER, NUMBER, optional(Kind::Integer)], Kind::Spatial, "MAKEPOINT(latitude, longitude, [SRID])", "A point made of its coordinates.").since(2019, 2),
    spatial("NO_CUTOUTS", ONE, Kind::Spatial, "NO_CUTOUTS(polygon)", "The polygon with its holes filled."),
    spatial("OUTLINE", ONE, Kind::Spatial, "OUTLINE(polygon)", "The border of a polygon, as lines."),
    spatial("PARSE_WKT", &[required(Kind::String)], Kind::Spatial, "PARSE_WKT(string)", "The geometry that a well-known text describes."),
    spatial("SHAPETYPE", ONE, Kind::String, "SHAPETYPE(geometry)", "What a geometry is made of, such as `Point` or `MultiPolygon`."),
    spatial("SYMDIFFERENCE", TWO, Kind::Spatial, "SYMDIFFERENCE(geometry1, geometry2)", "The parts that two geometries do not share."),
    spatial("VALIDATE", ONE, Kind::Spatial, "VALIDATE(geometry)", "The geometry where it is valid, otherwise NULL."),
];
