//! What the name of a photo and of its folders say: a guess for the first draft of a study, never used to measure.
//!
//! Words that photographers use are known (`left`, `V2`, `baseline`, `control`, `r1`); of the rest, what is built like a
//! subject's code is one. What is not known stays empty: a wrong guess costs more than an empty cell.

use unicode_normalization::UnicodeNormalization as _;

use super::day::Day;

/// What a path says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Guess {
    pub(super) subject: String,
    /// True when the subject is the name of a folder.
    pub(super) by_folder: bool,
    /// The first word of the name, where it may be a subject if other photos begin with it too.
    pub(super) first: String,
    pub(super) date: Option<Day>,
    pub(super) day: Option<i64>,
    pub(super) visit: String,
    pub(super) view: String,
    pub(super) arm: String,
    pub(super) light: String,
    pub(super) repeat: String,
    /// Words of the name, and of folders below the visit's, that say nothing known.
    pub(super) unknown: Vec<String>,
}

/// Views and sites, as English names them.
const VIEWS: &[&str] = &[
    "left",
    "right",
    "front",
    "frontal",
    "face",
    "profile",
    "oblique",
    "side",
    "center",
    "top",
    "bottom",
    "upper",
    "lower",
    "l",
    "r",
    "forehead",
    "cheek",
    "chin",
    "nose",
    "jaw",
    "temple",
    "neck",
    "back",
    "chest",
    "shoulder",
    "arm",
    "forearm",
    "hand",
    "leg",
    "knee",
    "abdomen",
    "scalp",
    "eye",
    "lip",
    "perioral",
    "periorbital",
    "closeup",
    "overview",
];
/// The same in German, French, Spanish, Italian and Portuguese, also without their marks.
const OTHER_VIEWS: [&str; 5] = [
    "links rechts linke rechte linkes rechtes vorne vorn hinten seite seitlich oben unten mitte gesicht \
     profil stirn wange kinn nase kiefer schläfe schlaefe schlafe hals nacken rücken ruecken rucken brust \
     schulter unterarm oberarm bein knie bauch auge lippe detail nahaufnahme übersicht uebersicht \
     ubersicht",
    "gauche droite droit devant derrière derriere côté cote haut bas milieu visage joue menton nez \
     mâchoire machoire tempe cou dos poitrine épaule epaule bras jambe genou œil oeil lèvre levre ventre \
     détail",
    "izquierda izquierdo derecha derecho izq der frente perfil lado lateral arriba abajo centro cara \
     mejilla mentón barbilla nariz mandíbula mandibula sien cuello espalda pecho hombro brazo pierna \
     rodilla ojo labio",
    "sinistra sinistro destra destro sx dx fronte frontale profilo lato laterale sopra sotto viso volto \
     guancia mento naso mandibola tempia collo schiena petto spalla braccio gamba ginocchio occhio labbro",
    "esquerda esquerdo esq direita direito dir cima baixo rosto bochecha testa queixo têmpora tempora \
     pescoço pescoco costas peito ombro braço braco perna joelho olho lábio",
];
const BASELINES: &[&str] = &[
    "baseline",
    "pre",
    "before",
    "screening",
    "post",
    "after",
    "final",
    "followup",
    "vorher",
    "nachher",
    "avant",
    "après",
    "apres",
    "antes",
    "después",
    "despues",
    "depois",
    "prima",
    "dopo",
];
const CONTROLS: &[&str] = &["control", "untreated"];
const ARMS: &[&str] = &["treated", "active", "placebo", "sham", "vehicle"];
const LIGHTS: &[&str] = &[
    "flat",
    "flash",
    "noflash",
    "ring",
    "softbox",
    "raking",
    "polarized",
    "polarised",
    "xpl",
    "ppl",
    "crosspol",
    "uv",
    "diffuse",
];
const SUBJECTS: &[&str] = &[
    "s",
    "p",
    "pt",
    "subj",
    "subject",
    "pat",
    "patient",
    "id",
    "case",
    "participant",
    "person",
    "proband",
    "volunteer",
    "vol",
    "sub",
];
/// Joined with a number they are a visit; those of more than one letter also with a number behind them.
const VISITS: &[&str] =
    &["v", "visit", "t", "timepoint", "tp", "fu", "followup", "w", "wk", "week", "m", "mo", "month", "session"];
const DAYS: &[&str] = &["d", "day"];
const REPEATS: &[&str] = &["r", "rep", "repeat", "shot", "take", "copy"];
/// What cameras and programs call every file or folder.
const GENERIC: &[&str] = &[
    "img",
    "image",
    "images",
    "dsc",
    "dscn",
    "dscf",
    "dscn",
    "pxl",
    "photo",
    "photos",
    "pic",
    "picture",
    "pictures",
    "scan",
    "mvimg",
    "imgp",
    "whatsapp",
    "dcim",
    "camera",
    "raw",
    "data",
    "study",
    "edited",
    "export",
    "exports",
    "jpg",
    "jpeg",
    "png",
    "originals",
];

/// More shots than that are not taken of one view.
const MOST_REPEATS: u32 = 20;

/// A run of letters and digits.
#[derive(Clone, Copy, Debug)]
struct Word<'a> {
    text: &'a str,
    start: usize,
    end: usize,
}

/// Reads a path with `/` between folders; the last part is a file name with its extension.
pub(super) fn guess(path: &str) -> Guess {
    let mut guess = Guess::default();
    // File systems may hold marks as letters of their own.
    let path: String = path.nfc().collect();
    let mut parts: Vec<&str> = path.split('/').collect();
    let file = parts.pop().unwrap_or_default();
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let rest = read(stem, true, &mut guess);
    guess.unknown.extend(rest.iter().map(|word| word.text.to_owned()));
    if let Some(word) = rest.first().filter(|w| w.start == 0 && w.text.starts_with(char::is_alphabetic)) {
        let code = word.text.contains(|c: char| c.is_ascii_digit());
        if code && guess.subject.is_empty() {
            guess.subject = word.text.to_owned();
        }
        guess.first = word.text.to_owned();
    }
    // Folders speak where the name is silent; the outermost unknown one is the subject, the next one the visit.
    for part in parts {
        let had = guess.subject.is_empty();
        let rest = read(part, false, &mut guess);
        let code = part.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
        if had && !guess.subject.is_empty() {
            guess.by_folder = true;
        } else if !rest.is_empty() && guess.subject.is_empty() {
            (guess.subject, guess.by_folder) = (code, true);
        } else if !rest.is_empty() && guess.visit.is_empty() && guess.by_folder {
            guess.visit = code;
        } else {
            guess.unknown.extend(rest.iter().map(|word| word.text.to_owned()));
        }
    }
    guess
}

/// Reads one part of a path; gives back the words that say nothing known.
fn read<'a>(part: &'a str, is_stem: bool, guess: &mut Guess) -> Vec<Word<'a>> {
    let dated = date_in(part);
    let words: Vec<Word<'a>> =
        words(part).into_iter().filter(|w| dated.is_none_or(|(_, from, to)| w.end <= from || w.start >= to)).collect();
    if let (None, Some((day, _, _))) = (guess.date, dated) {
        guess.date = Some(day);
    }
    let (mut rest, mut views, mut i) = (Vec::new(), Vec::new(), 0);
    while let Some(&word) = words.get(i) {
        let next = words.get(i + 1).copied().filter(|w| w.text.bytes().all(|b| b.is_ascii_digit()));
        i += 1 + usize::from(take(part, word, next, is_stem, guess, &mut views, &mut rest));
    }
    if guess.view.is_empty() {
        guess.view = views.join("_");
    }
    // A short number at the end of a name counts shots, but not the last of several numbers.
    if let (true, Some(last), true) = (is_stem, rest.last().copied(), guess.repeat.is_empty())
        && last.start > 0
        && last.text.len() <= 2
        && number_of(last.text).is_some_and(|n| (1..=MOST_REPEATS).contains(&n))
        && words.last().is_some_and(|w| w.start == last.start)
        && rest.iter().rev().nth(1).is_none_or(|w| w.end + 1 < last.start || number_of(w.text).is_none())
    {
        guess.repeat = last.text.to_owned();
        rest.pop();
    }
    rest
}

/// Puts a word where it belongs; true when the number behind it belongs to it.
fn take<'a>(
    part: &'a str,
    word: Word<'a>,
    next: Option<Word<'a>>,
    is_stem: bool,
    guess: &mut Guess,
    views: &mut Vec<String>,
    rest: &mut Vec<Word<'a>>,
) -> bool {
    let lower = word.text.to_lowercase();
    let letters = lower.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = &lower[letters.len()..];
    // The number of a word: joined to it, or behind it.
    let numbered =
        |known: &[&str]| known.contains(&letters) && (!digits.is_empty() || next.is_some() && (letters.len() > 1));
    let behind = digits.is_empty();
    let whole = if behind { next.map_or(word.text, |n| &part[word.start..n.end]) } else { word.text };
    let set = |cell: &mut String, value: &str| {
        if cell.is_empty() {
            value.clone_into(cell);
        }
    };
    let number = if behind { next.map_or("", |n| n.text) } else { digits };
    if numbered(VISITS) {
        set(&mut guess.visit, whole);
        return behind;
    }
    if numbered(DAYS) {
        set(&mut guess.visit, whole);
        guess.day = guess.day.or_else(|| number.parse().ok());
        return behind;
    }
    if is_stem && numbered(REPEATS) {
        set(&mut guess.repeat, number);
        return behind;
    }
    if numbered(SUBJECTS) && guess.subject.is_empty() {
        whole.clone_into(&mut guess.subject);
        return behind;
    }
    if GENERIC.contains(&letters) {
        return behind && next.is_some();
    }
    if digits.is_empty() && BASELINES.contains(&letters) {
        set(&mut guess.visit, word.text);
    } else if digits.is_empty() && CONTROLS.contains(&letters) {
        set(&mut guess.arm, super::shot::CONTROL);
    } else if digits.is_empty() && ARMS.contains(&letters) {
        set(&mut guess.arm, word.text);
    } else if digits.is_empty() && LIGHTS.contains(&letters) {
        set(&mut guess.light, word.text);
    } else if digits.is_empty() && is_view(letters) {
        views.push(match letters {
            "l" => "left".to_owned(),
            "r" => "right".to_owned(),
            other => other.to_owned(),
        });
    } else {
        rest.push(word);
    }
    false
}

/// Is this word, in lower case, one for a view or a site?
pub(super) fn is_view(word: &str) -> bool {
    VIEWS.contains(&word) || OTHER_VIEWS.iter().flat_map(|words| words.split(' ')).any(|other| other == word)
}

fn number_of(text: &str) -> Option<u32> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())?
}

fn words(part: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut start = None;
    for (i, c) in part.char_indices().chain([(part.len(), ' ')]) {
        match (c.is_alphanumeric(), start) {
            (true, None) => start = Some(i),
            (false, Some(from)) => {
                words.push(Word { text: &part[from..i], start: from, end: i });
                start = None;
            }
            _ => {}
        }
    }
    words
}

/// The first date in a part and where it stands, with a time of day behind it.
fn date_in(part: &str) -> Option<(Day, usize, usize)> {
    let words = words(part);
    let number = |w: &Word<'_>, n: usize| {
        (w.text.len() == n && w.text.bytes().all(|b| b.is_ascii_digit())).then(|| w.text.parse::<u32>().ok())?
    };
    let day = |y: u32, m: u32, d: u32| Day::from_ymd(i64::from(y), m, d).filter(|_| (1990..2100).contains(&y));
    for (i, word) in words.iter().enumerate() {
        let whole = number(word, 8).or_else(|| {
            let all = matches!(word.text.len(), 12 | 14 | 17) && word.text.bytes().all(|b| b.is_ascii_digit());
            all.then(|| word.text[..8].parse().ok())?
        });
        let (found, mut last) = match (whole, words.get(i + 1), words.get(i + 2)) {
            (Some(n), _, _) => (day(n / 10_000, n / 100 % 100, n % 100), i),
            (None, Some(b), Some(c)) => {
                let year_first =
                    number(word, 4).zip(number(b, 2)).zip(number(c, 2)).and_then(|((y, m), d)| day(y, m, d));
                let dotted = part.get(word.end..b.start) == Some(".") && part.get(b.end..c.start) == Some(".");
                let day_first =
                    || number(word, 2).zip(number(b, 2)).zip(number(c, 4)).and_then(|((d, m), y)| day(y, m, d));
                (year_first.or_else(|| if dotted { day_first() } else { None }), i + 2)
            }
            _ => (None, i),
        };
        let Some(found) = found else { continue };
        let clock = |w: &&Word<'_>| matches!(w.text.len(), 6 | 9) && w.text.bytes().all(|b| b.is_ascii_digit());
        if words.get(last + 1).filter(clock).is_some() {
            last += 1;
        }
        return Some((found, word.start, words[last].end));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Subject, date, visit, view, arm, light, repeat.
    fn told(path: &str) -> [String; 7] {
        let g = guess(path);
        [g.subject, g.date.map_or(String::new(), |d| d.to_string()), g.visit, g.view, g.arm, g.light, g.repeat]
    }

    #[test]
    fn names_say_what_they_say() {
        for (path, expected) in [
            ("S01_2024-03-01_left_2.jpg", ["S01", "2024-03-01", "", "left", "", "", "2"]),
            ("S01-V2-control-r1.png", ["S01", "", "V2", "", "control", "", "1"]),
            ("S01/V2/left cheek flash (3).jpg", ["S01", "", "V2", "left_cheek", "", "flash", "3"]),
            ("anna/2024-03-01/IMG_1234.jpg", ["anna", "2024-03-01", "", "", "", "", ""]),
            ("anna/first visit day/DSC00012.JPG", ["anna", "", "first visit day", "", "", "", ""]),
            ("photos/P7/week 4/R.jpg", ["P7", "", "week 4", "right", "", "", ""]),
            ("patient_12_20240301_101112_L.jpg", ["patient_12", "2024-03-01", "", "left", "", "", ""]),
            ("PAT_50_76_296.png", ["PAT_50", "", "", "", "", "", ""]),
            ("PAT_1689_3075_38.png", ["PAT_1689", "", "", "", "", "", ""]),
            ("S3 front 77.png", ["S3", "", "", "front", "", "", ""]),
            ("AB12-before-treated-01.tif", ["AB12", "", "before", "", "treated", "", "01"]),
            ("IMG_20240301_101112.jpg", ["", "2024-03-01", "", "", "", "", ""]),
            ("IMG-20240301-WA0003.jpg", ["", "2024-03-01", "", "", "", "", ""]),
            ("01.03.2024/S2 front.jpg", ["S2", "2024-03-01", "", "front", "", "", ""]),
            ("S1 2024-13-01 x.jpg", ["S1", "", "", "", "", "", ""]),
            ("ISIC_0000001.jpg", ["", "", "", "", "", "", ""]),
            ("20240301101112.jpg", ["", "2024-03-01", "", "", "", "", ""]),
            ("12345678.jpg", ["", "", "", "", "", "", ""]),
            ("-.jpg", ["", "", "", "", "", "", ""]),
            ("S01_V1_links.jpg", ["S01", "", "V1", "links", "", "", ""]),
            ("S01 vorher Wange rechts 2.jpg", ["S01", "", "vorher", "wange_rechts", "", "", "2"]),
            ("P3_avant_côté_gauche.jpg", ["P3", "", "avant", "côté_gauche", "", "", ""]),
            ("P3_avant_co\u{302}te\u{301}_gauche.jpg", ["P3", "", "avant", "côté_gauche", "", "", ""]),
            ("P3_V2_mejilla izquierda.jpg", ["P3", "", "V2", "mejilla_izquierda", "", "", ""]),
            ("P3_V2_guancia sx.jpg", ["P3", "", "V2", "guancia_sx", "", "", ""]),
            ("P3_V2_bochecha direita_1.jpg", ["P3", "", "V2", "bochecha_direita", "", "", "1"]),
            ("Ärztin/ü.jpg", ["Ärztin", "", "", "", "", "", ""]),
        ] {
            assert_eq!(told(path), expected, "{path}");
        }
        assert_eq!(guess("S1/day 28/a.jpg").day, Some(28));
        assert_eq!(guess("S1_d0.jpg").day, Some(0));
        assert_eq!(guess("berta_left.jpg").first, "berta");
        assert_eq!(guess("S01_V1_malar_zoom_2.jpg").unknown, ["malar", "zoom"]);
        assert_eq!(guess("S01/V1/malar/a left.jpg").unknown, ["a", "malar"]);
    }

    proptest::proptest! {
        #[test]
        fn any_name_is_read(path in "\\PC{0,40}") {
            let _ = guess(&path);
        }
    }
}
