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
        "foreign\n",
        "NaN",
        "inf",
        "900\n",
        "1700000900\n",
        "\n\n",
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

/// Numbers as a page may have them: `Number` makes some of a text, and arithmetic others.
const ODD: [&str; 20] = [
    "NaN",
    "inf",
    "-inf",
    "0",
    "-0",
    "-1",
    "-1e300",
    "1e300",
    "1e-300",
    "0.0001",
    "900",
    "-900",
    "4294967295",
    "9007199254740993",
    "1700000000",
    "1700000900",
    "1700000900000",
    "99999999999999",
    "253402300799",
    "4000000000",
];

fn answer(status: u16, lines: [&str; 6]) {
    attack("answers")(&[&status.to_be_bytes(), lines.join("\n").as_bytes()].concat());
}

/// Each number that tells a time, with each value that is odd.
#[test]
fn no_time_of_an_answer_ends_a_session_or_makes_a_page_spin() {
    let tokens = [
        "opaque",
        "e30.eyJzdWIiOiJhbGljZSJ9.x",
        "e30.eyJzdWIiOiJhbGljZSIsImlhdCI6MTcwMDAwMDAwMCwiZXhwIjoxNzAwMDAwOTAwfQ.x",
    ];
    for token in tokens {
        for expires_in in ODD {
            for expires_at in ODD {
                for server_now in ["NaN", "1700000000", "0", "-1", "1e300", "4000000000"] {
                    answer(200, ["", "NaN", expires_in, expires_at, server_now, token]);
                }
            }
        }
    }
}

/// Each head, with each pause that is odd.
#[test]
fn no_head_of_an_answer_ends_a_session_or_makes_a_page_spin() {
    for status in [0, 200, 204, 302, 400, 401, 403, 404, 408, 425, 429, 500, 503, 599] {
        for whose in ["", "foreign"] {
            for pause in ODD {
                for token in ["", "opaque"] {
                    answer(status, [whose, pause, "60", "NaN", "NaN", token]);
                }
            }
        }
    }
}
