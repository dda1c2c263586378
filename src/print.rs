//! Patterns as text again, in the notation they were read from.

use crate::pattern::{Host, Pattern, Piece, Segment, Set};
use std::fmt::{Display, Formatter, Result};

impl Display for Pattern {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match &self.host {
            Host::Any => f.write_str("*")?,
            Host::Below(name) => f.write_str(name)?,
            Host::Labels(labels) => joined(f, labels, ".")?,
        }
        f.write_str("/")?;
        joined(f, &self.path, "/")?;
        for (index, key) in self.query.iter().enumerate() {
            write!(f, "{}{}", if index == 0 { "?" } else { "&" }, key.name)?;
            if let Some(value) = &key.value {
                f.write_str("=")?;
                value.iter().try_for_each(|piece| piece.fmt(f))?;
            }
        }
        Ok(())
    }
}

fn joined(f: &mut Formatter<'_>, segments: &[Segment], separator: &str) -> Result {
    for (index, segment) in segments.iter().enumerate() {
        f.write_str(if index == 0 { "" } else { separator })?;
        match segment {
            Segment::Many => f.write_str("**")?,
            Segment::One(pieces) => pieces.iter().try_for_each(|piece| piece.fmt(f))?,
        }
    }
    Ok(())
}

impl Display for Piece {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Piece::Text(text) => f.write_str(text),
            Piece::Star => f.write_str("*"),
            Piece::Class { set: Set::Uuid, .. } => f.write_str("{uuid}"),
            Piece::Class { set, min, max } => match (min, *max) {
                (1, u16::MAX) => write!(f, "{{{}}}", name(*set)),
                (min, u16::MAX) => write!(f, "{{{}{min}+}}", name(*set)),
                (min, max) if *min == max => write!(f, "{{{}{min}}}", name(*set)),
                (min, max) => write!(f, "{{{}{min}-{max}}}", name(*set)),
            },
            Piece::OneOf(choices) => write!(f, "({})", choices.join("|")),
        }
    }
}

fn name(set: Set) -> &'static str {
    match set {
        Set::Digit => "n",
        Set::Hex => "hex",
        Set::Alnum => "al",
        Set::Lower => "low",
        Set::Upper => "cap",
        Set::Letter => "letters",
        Set::Token => "tok",
        Set::TokenDot => "tokdot",
        Set::Base64 => "b64",
        Set::Uuid => "uuid",
    }
}
