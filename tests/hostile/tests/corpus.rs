//! What the fuzzer has found, and some bytes of chance.
#![allow(missing_docs)]

use std::fs;
use std::path::Path;

use hostile::{ATTACKS, Attack};
use proptest::prelude::*;

fn attack(name: &str) -> Attack {
    ATTACKS
        .into_iter()
        .find(|(its, _)| *its == name)
        .map(|(_, attack)| attack)
        .expect("an attack of that name")
}

// Scenarios 35, 107.
#[test]
fn what_once_found_something_finds_nothing() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    for (name, attack) in ATTACKS {
        let files: Vec<_> = fs::read_dir(corpus.join(name)).unwrap().collect();
        assert!(!files.is_empty(), "nothing in {name}");
        for file in files {
            let path = file.unwrap().path();
            println!("{}", path.display());
            attack(&fs::read(path).unwrap());
        }
    }
}

#[test]
fn each_target_is_one_of_the_attacks() {
    let targets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/fuzz_targets");
    let mut names: Vec<_> = fs::read_dir(targets).unwrap().map(|file| file.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ATTACKS.map(|(name, _)| std::ffi::OsString::from(format!("{name}.rs"))));
}

/// A word that means something in one of the formats, or one that does not.
fn word() -> impl Strategy<Value = String> {
    let words = [
        "kind",
        "token",
        "hello",
        "over",
        "until",
        "reason",
        "signed-out",
        "from",
        "epoch",
        "v",
        "age",
        "sent",
        "null",
        "-1",
        "1e400",
        "access_token",
        "expires_in",
        "access",
        "data",
        "expires",
        "expires_at",
        "2023-11-14T22:13:20",
        "\tBearer ",
        "exp",
        "iat",
        "begun",
        "lost",
        "astray",
        "-",
        "{",
        "}",
        ":",
        ",",
        "\"",
        "\n",
        " ",
        "e30.eyJzdWIiOiJib2IifQ.x",
        "000102030405060708090a0b0c0d0e0f",
        // In ten years, and at the end of time.
        "01da0000000000000000000000000000",
        "7fffffffffffffffffffffffffffffff",
        "0123456789abcdef",
        "\u{0}",
        "\u{d7ff}",
    ];
    prop_oneof![prop::sample::select(words.to_vec()).prop_map(String::from), ".*"]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_of_chance_find_nothing(data in prop::collection::vec(any::<u8>(), 0..200)) {
        for (_, attack) in ATTACKS {
            attack(&data);
        }
    }

    // Scenario 54.
    #[test]
    fn words_of_chance_find_nothing(words in prop::collection::vec(word(), 0..40), status in any::<u16>()) {
        let text = words.concat();
        attack("claims")(text.as_bytes());
        attack("entries")(text.as_bytes());
        attack("messages")(text.as_bytes());
        attack("answers")(&[&status.to_be_bytes(), text.as_bytes()].concat());
    }
}

/// Each member of a reply that says something of time, with each value that is odd.
#[test]
fn no_member_of_an_answer_ends_a_session_or_makes_a_page_spin() {
    let values = [
        "null",
        "true",
        "\"\"",
        "\"x\"",
        "[]",
        "{}",
        "0",
        "-0",
        "-1",
        "-1e300",
        "1e300",
        "1e-300",
        "1e999",
        "0.0001",
        "\"900\"",
        "\" 900 \"",
        "\"-900\"",
        "\"Infinity\"",
        "\"NaN\"",
        "\"0x10\"",
        "9007199254740993",
        "1700000900",
        "1700000900000",
        "99999999999999",
        "\"1970-01-01T00:00:00Z\"",
        "\"9999-12-31T23:59:59Z\"",
        "\"Thu, 01 Jan 1970 00:00:00 GMT\"",
        "\"2023-13-45T99:99:99\"",
    ];
    let members = [
        "expires_in",
        "expiresIn",
        "expires",
        "expires_at",
        "expiresAt",
        "access_expiration",
        "access_token_expiration",
    ];
    let tokens = [
        "opaque",
        "e30.eyJzdWIiOiJhbGljZSJ9.x",
        "e30.eyJzdWIiOiJhbGljZSIsImlhdCI6MTcwMDAwMDAwMCwiZXhwIjoxNzAwMDAwOTAwfQ.x",
    ];
    for date in ["", "1700000000", "0", "-1", "1e300", "4000000000"] {
        for token in tokens {
            for member in members {
                for value in values {
                    for within in [false, true] {
                        let body = format!("{{\"access_token\":\"{token}\",\"{member}\":{value}}}");
                        let body = if within { format!("{{\"data\":{body}}}") } else { body };
                        let answer = format!("application/json\n\n\n{date}\n{body}");
                        attack("answers")(&[&200_u16.to_be_bytes(), answer.as_bytes()].concat());
                    }
                }
            }
        }
    }
}

/// Each header that is read, with each value that is odd.
#[test]
fn no_header_of_an_answer_ends_a_session_or_makes_a_page_spin() {
    let waits = [
        "",
        "0",
        "-1",
        "1",
        "1e300",
        "-1e300",
        "NaN",
        "99999999999999999999",
        "x",
        "Thu, 01 Jan 1970 00:00:00 GMT",
    ];
    let challenges = [
        "",
        "Bearer",
        "Basic",
        "Bearer error=\"invalid_token\"",
        "Bearer, Basic realm=\"x\"",
        ",,,=\"",
        "\u{fffd}",
    ];
    for status in [0_u16, 200, 204, 302, 400, 401, 403, 404, 408, 425, 429, 500, 503, 599] {
        for content_type in ["", "application/json", "text/html", "TEXT/HTML;x", "\u{0}"] {
            for challenge in challenges {
                for wait in waits {
                    let answer = format!("{content_type}\n{challenge}\n{wait}\n\n{{}}");
                    attack("answers")(&[&status.to_be_bytes(), answer.as_bytes()].concat());
                }
            }
        }
    }
}
