//! Texts in disguise: base64, hexadecimal, escapes of programming languages, markup and mail, other encodings.

/// A stretch of bytes that stands for others.
pub(super) struct Decoded {
    /// Where it stands.
    pub(super) at: usize,
    /// What it stands for.
    pub(super) bytes: Vec<u8>,
    /// Whether it begins and ends where its encoding does, so that even a short one is meant.
    pub(super) whole: bool,
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Hexadecimal digits, small ones.
pub(super) fn to_hexadecimal(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
}

/// Base64 without padding.
pub(super) fn to_base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for digit in 0..=group.len() {
            text.push(char::from(DIGITS[(bits >> (18 - 6 * digit) & 63) as usize]));
        }
    }
    text
}

/// The value of a digit of base64, of the usual and of the URL alphabet.
fn digit64(byte: u8) -> Option<u32> {
    Some(u32::from(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    }))
}

/// What runs of base64 stand for, at each of the four places at which a group may begin. Line ends within are skipped.
pub(super) fn base64(bytes: &[u8], least: usize) -> Vec<Decoded> {
    runs(bytes, |byte| digit64(byte).is_some(), least.div_ceil(3) * 4 - 1)
        .into_iter()
        .flat_map(|(at, run)| {
            let digits: Vec<u32> = run.iter().filter_map(|byte| digit64(*byte)).collect();
            let from = |skip: usize| {
                let bytes = digits[skip..].chunks(4).flat_map(group).collect();
                Decoded { at: at + skip, bytes, whole: skip == 0 && digits.len() % 4 != 1 }
            };
            (0..digits.len().min(4)).map(from).collect::<Vec<_>>()
        })
        .collect()
}

/// The bytes of up to four digits.
fn group(digits: &[u32]) -> Vec<u8> {
    let bits = digits.iter().fold(0, |bits, digit| bits << 6 | digit) << (6 * (4 - digits.len()));
    bits.to_be_bytes()[1..].iter().take(digits.len().saturating_sub(1)).copied().collect()
}

/// Runs of bytes of an alphabet, with line ends between them skipped, of at least so many.
fn runs(bytes: &[u8], of: impl Fn(u8) -> bool, least: usize) -> Vec<(usize, Vec<u8>)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if !of(bytes[at]) {
            at += 1;
            continue;
        }
        let start = at;
        let mut run = Vec::new();
        while at < bytes.len() {
            if of(bytes[at]) {
                run.push(bytes[at]);
                at += 1;
                continue;
            }
            let blank = bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let ended = bytes[at..at + blank].iter().any(|byte| matches!(byte, b'\n' | b'\r'));
            if !ended || !bytes.get(at + blank).is_some_and(|byte| of(*byte)) {
                break;
            }
            at += blank;
        }
        if run.len() >= least {
            found.push((start, run));
        }
    }
    found
}

/// What runs of hexadecimal digits stand for, at both places at which a pair may begin; pairs may be set apart by one
/// colon, comma, hyphen or by white space, and be introduced by `0x`.
pub(super) fn hexadecimal(bytes: &[u8], least: usize) -> Vec<Decoded> {
    let mut found = Vec::new();
    for (at, run) in runs(bytes, |byte| byte.is_ascii_hexdigit(), 2 * least) {
        let digits: Vec<u8> = run.iter().filter_map(|digit| nibble(*digit)).collect();
        for skip in [0, 1] {
            let bytes = digits[skip..].chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
            found.push(Decoded { at: at + skip, bytes, whole: skip == 0 && digits.len().is_multiple_of(2) });
        }
    }
    found.extend(pairs_apart(bytes).into_iter().filter(|one| one.bytes.len() >= least));
    found
}

fn pairs_apart(bytes: &[u8]) -> Vec<Decoded> {
    let mut found: Vec<Decoded> = Vec::new();
    let mut at = 0;
    let mut open: Option<Decoded> = None;
    while at + 1 < bytes.len() {
        let alone = at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
        let start = if bytes[at..].starts_with(b"0x") || bytes[at..].starts_with(b"0X") { at + 2 } else { at };
        let pair = bytes.get(start).copied().and_then(nibble).zip(bytes.get(start + 1).copied().and_then(nibble));
        let ends = !bytes.get(start + 2).is_some_and(u8::is_ascii_alphanumeric);
        let Some((high, low)) = pair.filter(|_| alone && ends) else {
            found.extend(open.take());
            at += 1;
            continue;
        };
        open.get_or_insert_with(|| Decoded { at, bytes: Vec::new(), whole: true }).bytes.push(high << 4 | low);
        at = start + 2;
        let rest = &bytes[at..];
        let mark = usize::from(rest.first().is_some_and(|byte| matches!(byte, b':' | b',' | b'-' | b';')));
        let blank = rest[mark..].iter().take_while(|byte| byte.is_ascii_whitespace()).take(16).count();
        if mark + blank == 0 {
            found.extend(open.take());
        }
        at += mark + blank;
    }
    found.extend(open);
    found
}

/// The value of a hexadecimal digit.
pub(super) fn nibble(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// Families of escapes: their name, and what undoes them.
pub(super) const ESCAPES: [(&str, Undo); 7] = [
    ("rich text", rich_text),
    ("escapes of a programming language", backslashes),
    ("entities of markup", entities),
    ("percent encoding", |bytes| pairs_after(bytes, b'%')),
    ("escapes of PDF names", |bytes| pairs_after(bytes, b'#')),
    ("quoted-printable", quoted_printable),
    ("text between tags", without_tags),
];

/// Gives the bytes without escapes of a family; none if there are none.
pub(super) type Undo = fn(&[u8]) -> Option<Vec<u8>>;

/// Goes through the bytes, replacing what `step` recognises: it gives what stands there and how long it is.
fn replaced(bytes: &[u8], first: u8, step: impl Fn(&[u8]) -> Option<(Vec<u8>, usize)>) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut any = false;
    let mut at = 0;
    while at < bytes.len() {
        if let Some((meant, length)) = Some(&bytes[at..]).filter(|rest| rest[0] == first).and_then(&step) {
            out.extend(meant);
            at += length;
            any = true;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    any.then_some(out)
}

/// A number of at most so many digits to a base, and how many digits it has.
fn number(digits: &[u8], base: u32, most: usize) -> Option<(u32, usize)> {
    let is_digit = |byte: &&u8| char::from(**byte).is_digit(base);
    let length = digits.iter().take(most).take_while(is_digit).count();
    let text = std::str::from_utf8(&digits[..length]).ok()?;
    u32::from_str_radix(text, base).ok().map(|number| (number, length))
}

fn utf8(code: u32) -> Option<Vec<u8>> {
    char::from_u32(code).map(|c| c.to_string().into_bytes())
}

fn backslashes(bytes: &[u8]) -> Option<Vec<u8>> {
    replaced(bytes, b'\\', |rest| match rest.get(1)? {
        b'x' => number(rest.get(2..)?, 16, 2)
            .filter(|(_, length)| *length == 2)
            .and_then(|(code, length)| Some((vec![u8::try_from(code).ok()?], 2 + length))),
        b'u' if rest.get(2) == Some(&b'{') => {
            let (code, length) = number(rest.get(3..)?, 16, 6)?;
            (rest.get(3 + length) == Some(&b'}')).then_some(())?;
            Some((utf8(code)?, 4 + length))
        }
        b'u' => {
            let unit = |at: usize| {
                let here = rest.get(at..).filter(|here| here.starts_with(b"\\u"))?;
                number(&here[2..], 16, 4).filter(|(_, length)| *length == 4).map(|(code, _)| code)
            };
            let high = unit(0)?;
            if let (0xd800..0xdc00, Some(low @ 0xdc00..0xe000)) = (high, unit(6)) {
                return Some((utf8(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00))?, 12));
            }
            Some((utf8(high)?, 6))
        }
        b'U' => {
            let (code, length) = number(rest.get(2..)?, 16, 8)?;
            (length == 8).then_some(())?;
            Some((utf8(code)?, 10))
        }
        b'0'..=b'7' => {
            let (code, length) = number(&rest[1..], 8, 3)?;
            Some((vec![u8::try_from(code).ok()?], 1 + length))
        }
        b'n' | b'r' | b't' => Some((vec![b' '], 2)),
        mark @ (b'/' | b'"' | b'\'' | b'\\' | b'(' | b')' | b'-') => Some((vec![*mark], 2)),
        b'\n' => Some((Vec::new(), 2)),
        b'\r' => Some((Vec::new(), if rest.get(2) == Some(&b'\n') { 3 } else { 2 })),
        _ => None,
    })
}

/// The text of RTF: without its groups and control words, its escaped letters as they are meant.
fn rich_text(bytes: &[u8]) -> Option<Vec<u8>> {
    if !bytes.windows(5).any(|here| here == b"{\\rtf") {
        return None;
    }
    let (mut text, mut at) = (Vec::new(), 0);
    while let Some(byte) = bytes.get(at) {
        let rest = &bytes[at + 1..];
        let (meant, length): (Vec<u8>, usize) = match (byte, rest) {
            (b'{' | b'}' | b'\n' | b'\r', _) => (Vec::new(), 0),
            (b'\\', [b'\'', high, low, ..]) => {
                let code = nibble(*high).zip(nibble(*low)).map(|(high, low)| high << 4 | low);
                (code.map(|code| western(code).to_string().into_bytes()).unwrap_or_default(), 3)
            }
            (b'\\', [first, ..]) if first.is_ascii_alphabetic() => {
                let letters = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
                let digits = rest[letters..].iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'-').count();
                let space = usize::from(rest.get(letters + digits) == Some(&b' '));
                let number =
                    std::str::from_utf8(&rest[letters..letters + digits]).ok().and_then(|own| own.parse::<i32>().ok());
                // Numbers above 32767 are written below 0; what follows is for programs that do not know the letter.
                let letter = number
                    .filter(|_| &rest[..letters] == b"u")
                    .and_then(|own| u32::try_from(if own < 0 { own + 0x1_0000 } else { own }).ok().and_then(utf8));
                let known = usize::from(letter.is_some() && rest.get(letters + digits + space) == Some(&b'?'));
                (letter.unwrap_or_default(), letters + digits + space + known)
            }
            (b'\\', [mark, ..]) => (vec![*mark], 1),
            _ => (vec![*byte], 0),
        };
        text.extend(meant);
        at += 1 + length;
    }
    Some(text)
}

fn entities(bytes: &[u8]) -> Option<Vec<u8>> {
    replaced(bytes, b'&', |rest| {
        let end = rest.iter().take(12).position(|byte| *byte == b';')?;
        let name = &rest[1..end];
        let meant = match name {
            [b'#', b'x' | b'X', digits @ ..] => utf8(number(digits, 16, 6)?.0)?,
            [b'#', digits @ ..] => utf8(number(digits, 10, 7)?.0)?,
            b"amp" => b"&".to_vec(),
            b"lt" => b"<".to_vec(),
            b"gt" => b">".to_vec(),
            b"quot" => b"\"".to_vec(),
            b"apos" => b"'".to_vec(),
            b"nbsp" | b"ensp" | b"emsp" | b"thinsp" => b" ".to_vec(),
            b"shy" | b"zwj" | b"zwnj" => Vec::new(),
            b"hyphen" | b"ndash" | b"mdash" | b"minus" => b"-".to_vec(),
            b"alpha" => "α".into(),
            b"beta" => "β".into(),
            b"gamma" => "γ".into(),
            b"delta" => "δ".into(),
            b"micro" | b"mu" => "μ".into(),
            // An accented letter is named by its letter; accents do not matter here.
            [letter, accent @ ..] if is_accent(accent) => vec![*letter],
            _ => return None,
        };
        Some((meant, end + 1))
    })
}

fn is_accent(name: &[u8]) -> bool {
    [&b"acute"[..], b"grave", b"circ", b"uml", b"tilde", b"cedil", b"ring", b"caron", b"slash"].contains(&name)
}

fn pairs_after(bytes: &[u8], mark: u8) -> Option<Vec<u8>> {
    replaced(bytes, mark, |rest| {
        let pair = nibble(*rest.get(1)?)? << 4 | nibble(*rest.get(2)?)?;
        Some((vec![pair], 3))
    })
}

fn quoted_printable(bytes: &[u8]) -> Option<Vec<u8>> {
    replaced(bytes, b'=', |rest| match rest {
        [_, b'\r', b'\n', ..] => Some((Vec::new(), 3)),
        [_, b'\n', ..] => Some((Vec::new(), 2)),
        [_, high, low, ..] => Some((vec![nibble(*high)? << 4 | nibble(*low)?], 3)),
        _ => None,
    })
}

/// A blank for each tag: a word that is set in several pieces is found as a word in letters set apart.
fn without_tags(bytes: &[u8]) -> Option<Vec<u8>> {
    replaced(bytes, b'<', |rest| {
        let begins = rest.get(1).is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'/' | b'!' | b'?'));
        let end = rest.iter().take(4096).position(|byte| *byte == b'>').filter(|_| begins)?;
        Some((vec![b' '], end + 1))
    })
}

/// Bytes as text: UTF-8 where they are that, else the letters of Western Europe; each byte of the text with its source.
/// Characters of control are no white space: a word does not continue across them.
pub(super) fn lossy(bytes: &[u8]) -> (String, Vec<usize>) {
    let mut text = String::with_capacity(bytes.len());
    let mut source = Vec::with_capacity(bytes.len());
    let mut at = 0;
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            let c = if c.is_control() && !c.is_whitespace() { '\0' } else { c };
            text.push(c);
            source.resize(text.len(), at);
            at += c.len_utf8();
        }
        for byte in chunk.invalid() {
            text.push(western(*byte));
            source.resize(text.len(), at);
            at += 1;
        }
    }
    (text, source)
}

/// A byte of Windows-1252.
pub(super) fn western(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘', '’', '“', '”',
        '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => HIGH[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

/// UTF-16 as text, if the bytes begin with its mark.
pub(super) fn marked_utf16(bytes: &[u8]) -> Option<String> {
    let (rest, unit): (_, fn([u8; 2]) -> u16) = match bytes {
        [0xfe, 0xff, rest @ ..] => (rest, u16::from_be_bytes),
        [0xff, 0xfe, rest @ ..] => (rest, u16::from_le_bytes),
        _ => return None,
    };
    let units: Vec<u16> = rest.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
    Some(String::from_utf16_lossy(&units))
}
