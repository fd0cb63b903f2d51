//! What is refused in an XML text before a tree is made of it: a document type (and with it every entity of one's own),
//! nesting and numbers of attributes that no define.xml has. One pass over the bytes; whether the text is well formed is
//! for the parser to say, which takes quadratic time over the attributes of one element and the namespaces of all.

/// Elements within elements; define.xml has about ten.
const DEPTH: usize = 64;
/// Attributes of one element; define.xml has at most a dozen or two.
const ATTRIBUTES: usize = 256;
/// Declarations of namespaces in the whole text.
const NAMESPACES: usize = 256;

/// The first thing that is refused, with the byte where it stands.
pub(super) fn refused(text: &str) -> Option<(usize, String)> {
    let bytes = text.as_bytes();
    let (mut at, mut depth, mut namespaces) = (0, 0_usize, 0);
    while let Some(start) = text[at..].find('<').map(|offset| at + offset) {
        let rest = &text[start..];
        // Where the thing ends; without an end the parser says so.
        let closed = |end: &str| rest.find(end).map(|offset| start + offset + end.len());
        at = if rest.starts_with("<!--") {
            closed("-->")?
        } else if rest.starts_with("<![CDATA[") {
            closed("]]>")?
        } else if rest.starts_with("<?") {
            closed("?>")?
        } else if rest.starts_with("<!") {
            return Some((start, "the file has a document type declaration, which is not read".into()));
        } else if rest.starts_with("</") {
            depth = depth.saturating_sub(1);
            closed(">")?
        } else {
            let tag = tag(bytes, start)?;
            namespaces += tag.namespaces;
            depth += 1;
            if depth > DEPTH {
                return Some((start, format!("elements are nested more than {DEPTH} deep")));
            }
            if tag.attributes > ATTRIBUTES {
                return Some((start, format!("the element has more than {ATTRIBUTES} attributes")));
            }
            if namespaces > NAMESPACES {
                return Some((start, format!("there are more than {NAMESPACES} declarations of namespaces")));
            }
            depth -= usize::from(tag.empty);
            tag.end
        };
    }
    None
}

struct Tag {
    end: usize,
    attributes: usize,
    namespaces: usize,
    /// Whether it closes itself.
    empty: bool,
}

/// The tag that begins there; none if it does not end.
fn tag(bytes: &[u8], start: usize) -> Option<Tag> {
    let (mut quote, mut attributes, mut namespaces) = (None, 0, 0);
    for (at, byte) in bytes.iter().copied().enumerate().skip(start + 1) {
        match (quote, byte) {
            (Some(open), _) if open == byte => quote = None,
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'=') => attributes += 1,
            (None, b'x') => namespaces += usize::from(bytes[at..].starts_with(b"xmlns")),
            (None, b'>') => return Some(Tag { end: at + 1, attributes, namespaces, empty: bytes[at - 1] == b'/' }),
            _ => {}
        }
    }
    None
}
