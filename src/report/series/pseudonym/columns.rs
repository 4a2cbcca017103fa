//! Which columns speak of a person, by their names.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Words of a column's name that speak of a person, in small letters without accents: names, numbers of a person, where to find one, birth,
/// who treated or photographed.
pub const PERSONAL: &str = "name names initials initialen initiales nom noms prenom nombre nombres apellido apellidos nome cognome sobrenome alias \
    id ids mrn nhs ssn nin insurance policy passport ausweis file path record chart akte nir dni nif cpf svnr ahv \
    krankenkasse kasse \
    phone mobile tel handy fax email mail street city town zip zipcode postcode postal plz ort wohnort stadt rue ville \
    calle ciudad rua cidade contact kontakt \
    birth born dob geb gebdat naissance nacimiento nascita nascimento \
    surgeon nurse arzt aerztin arztin medecin medico medica dr staff user technician therapist therapeut investigator \
    rater reader clinician relative partner spouse mother father";

/// Parts of such words, long enough to be meant wherever they stand: `Patientennummer`, `Telefonnummer`.
const PARTS: &str = "patient pazient pacient birthd birthplace birthyear geburt phonen telephon telefon handynum address adress direccion \
    indirizzo endereco strasse versicher assurance seguro operator operateur operador operatore behandler doctor doktor \
    docteur dottore physician photographer fotograf hausarzt ansprechpartner socialsec medicalrec";

/// Does the name of a column speak of a person? Words part at anything but letters and digits, and where a small letter meets a
/// capital; case, accents and numbers at their ends do not count.
#[must_use]
pub(super) fn speaks_of_a_person(column: &str) -> bool {
    let mut words = String::with_capacity(column.len() + 4);
    let mut small = false;
    for c in column.nfc() {
        if small && c.is_uppercase() {
            words.push(' ');
        }
        small = c.is_lowercase();
        words.push(c);
    }
    let words = plain(&words);
    words.split(|c: char| !c.is_alphanumeric()).any(|word| {
        let word = word.trim_matches(|c: char| c.is_numeric());
        PERSONAL.split(' ').any(|personal| personal == word)
            || word.ends_with("name")
            || word.ends_with("names")
            || PARTS.split(' ').any(|part| word.contains(part))
    })
}

/// Small letters without accents.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match c {
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'ø' => out.push('o'),
            'ł' => out.push('l'),
            'đ' => out.push('d'),
            'ı' => out.push('i'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_a_person_are_known_in_several_languages() {
        let personal = "patient|Patient ID|PatientName|subject_name|birth|date_of_birth|Geburtsdatum|geb.|Vorname|NACHNAME|Familienname|nom|\
            Prénom|Pre\u{301}nom|nombre|Apellido 2|operator|Opérateur|Behandler|Arzt|Hausarzt|doctor|physician|photographer|insurance_no|\
            Versicherungsnummer|ssn|address1|Adresse|Straße|STRASSE|Telefon|telefonnummer|phoneNumber|e-mail|mrn|DOB|chart|file";
        for column in personal.split('|') {
            assert!(speaks_of_a_person(column), "{column}");
        }
        for column in "batch|value|lot|solution|fitzpatrick|pain|visit_type|scar_age_months|lesion|itch 2".split('|') {
            assert!(!speaks_of_a_person(column), "{column}");
        }
    }

    #[test]
    fn the_lists_are_plain() {
        let mut words = PERSONAL.split(' ').chain(PARTS.split(' '));
        assert!(words.all(|word| plain(word) == word && !word.is_empty()));
        assert!(PARTS.split(' ').all(|part| part.len() >= 6));
    }
}
