use super::*;
use secrecy::ExposeSecret;

fn profile(toml: &str) -> RemoteProfile {
    toml::from_str(toml).unwrap()
}

fn resolve(toml: &str, variables: &[(&str, &str)]) -> Result<RemoteSettings, String> {
    let look_up = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    profile(toml).resolve("tenant", &Environment::new(&look_up)).map_err(|error| error.to_string())
}

fn error(toml: &str, variables: &[(&str, &str)]) -> String {
    resolve(toml, variables).unwrap_err()
}

#[test]
fn the_defaults() {
    let settings = resolve(r#"base-url = "http://127.0.0.1:8080""#, &[]).unwrap();
    assert_eq!(settings.base.as_str(), "http://127.0.0.1:8080/");
    assert!(settings.credentials.is_none() && !settings.simulation_options && settings.rate.is_none());
    assert_eq!(settings.refresh_early, Duration::from_secs(30));
    assert_eq!((settings.retry.attempts, settings.retry.deadline), (10, Duration::from_secs(60)));
}

#[test]
fn a_tenant_is_asked_less_often_than_a_server_on_this_machine() {
    let defaults = |url: &str| {
        let settings = resolve(&format!("base-url = '{url}'"), &[]).unwrap();
        (settings.rate, settings.poll.first)
    };
    for url in
        ["http://127.0.0.1:8080", "http://127.9.9.9", "https://localhost", "http://LOCALHOST:80", "http://[::1]:8"]
    {
        assert_eq!(defaults(url), (None, Duration::from_millis(5)), "{url}");
    }
    for url in ["https://api.na1.niceincontact.com", "http://localhost.example.com", "http://10.0.0.1", "http://[::2]"]
    {
        assert_eq!(defaults(url), (Rate::new(10.0, 10), Duration::from_secs(1)), "{url}");
    }
}

#[test]
fn the_first_poll_is_also_known_by_its_former_name() {
    for name in ["first-poll", "poll-first"] {
        let settings = resolve(&format!("region = 'na1'\n{name} = '250ms'"), &[]).unwrap();
        assert_eq!(settings.poll.first, Duration::from_millis(250));
    }
}

#[test]
fn every_setting_is_read() {
    let settings = resolve(
        r#"
        region = "na1"
        token-url = "https://auth.example.com/token"
        token-style = "form"
        client-id = "me"
        client-secret-env = "OUR_SECRET"
        scopes = ["flow:simulator:run", "flow:read"]
        simulation-options = true
        requests-per-second = 12.5
        burst = 3
        in-flight = 9
        attempts = 4
        deadline = "2m"
        backoff-base = "10ms"
        backoff-cap = "3s"
        request-timeout = "7s"
        first-poll = "250ms"
        poll-cap = "4s"
        job-timeout = "90s"
        refresh-early = "100s"
        ca-file = "ca.pem"
        max-answer-bytes = 1000
        "#,
        &[("OUR_SECRET", "s3cret"), ("CXONE_CLIENT_SECRET", "not this")],
    )
    .unwrap();
    assert_eq!(settings.base.as_str(), "https://api.na1.niceincontact.com/");
    let credentials = settings.credentials.as_ref().unwrap();
    assert_eq!(credentials.token_url.as_str(), "https://auth.example.com/token");
    assert_eq!(credentials.client_secret.expose_secret(), "s3cret");
    assert_eq!((credentials.style, credentials.scopes.len()), (TokenStyle::Form, 2));
    assert_eq!(settings.rate, Rate::new(12.5, 3));
    assert_eq!(settings.in_flight, Some(9));
    assert_eq!(settings.poll.cap, Duration::from_secs(4));
    assert_eq!(settings.refresh_early, Duration::from_secs(100));
    assert!(!format!("{settings:?}").contains("s3cret"));
}

#[test]
fn the_environment_wins_over_the_file() {
    let file = r#"
        base-url = "https://file.example.com"
        client-id = "file"
        client-secret = "file secret"
    "#;
    let settings = resolve(
        file,
        &[
            ("CXONE_REGION", "eu1"),
            ("CXONE_TENANT_URL", "https://tenant.example.com"),
            ("CXONE_TOKEN_URL", "https://auth.example.com/t"),
            ("CXONE_CLIENT_ID", "variable"),
            ("CXONE_CLIENT_SECRET", "variable secret"),
        ],
    )
    .unwrap();
    assert_eq!(settings.base.as_str(), "https://api.eu1.niceincontact.com/");
    let credentials = settings.credentials.unwrap();
    assert_eq!(credentials.token_url.as_str(), "https://auth.example.com/t");
    assert_eq!((&*credentials.client_id, credentials.client_secret.expose_secret()), ("variable", "variable secret"));

    let settings =
        resolve(file, &[("CXONE_BASE_URL", "https://b.example.com/x/api/v2/"), ("CXONE_REGION", "eu1")]).unwrap();
    assert_eq!(settings.base.as_str(), "https://b.example.com/x/");
    assert_eq!(settings.credentials.unwrap().token_url.as_str(), "https://b.example.com/x/oauth/token");
    let settings = resolve("", &[("CXONE_TENANT_URL", "https://tenant.example.com"), ("CXONE_REGION", " ")]).unwrap();
    assert_eq!(settings.base.as_str(), "https://tenant.example.com/");
}

#[test]
fn what_is_missing_is_named_with_its_place() {
    assert_eq!(
        error("", &[]),
        "[target.tenant] in callpath.toml says no 'base-url' and no 'region'; set one there, or CXONE_BASE_URL or CXONE_REGION"
    );
    let base = r#"base-url = "https://a.example.com""#;
    assert_eq!(
        error(&format!("{base}\nclient-id = \"me\""), &[]),
        "[target.tenant] in callpath.toml has a client id and no secret; set the environment variable CXONE_CLIENT_SECRET"
    );
    assert_eq!(
        error(&format!("{base}\nclient-id = \"me\"\nclient-secret-env = \"MINE\""), &[("CXONE_CLIENT_SECRET", "x")]),
        "[target.tenant] in callpath.toml has a client id and no secret; set the environment variable MINE"
    );
    assert_eq!(
        error(base, &[("CXONE_CLIENT_SECRET", "x")]),
        "[target.tenant] in callpath.toml has a client secret and no id; set 'client-id' there or CXONE_CLIENT_ID"
    );
    assert_eq!(
        error(&format!("{base}\nscopes = [\"flow:read\"]"), &[]),
        "[target.tenant] in callpath.toml needs credentials; set 'client-id' there or CXONE_CLIENT_ID, and the environment variable CXONE_CLIENT_SECRET"
    );
}

#[test]
fn what_makes_no_sense_is_refused() {
    let base = "base-url = \"https://a.example.com\"\n";
    for (toml, expected) in [
        (
            "base-url = \"x\"",
            "'base-url' of [target.tenant] in callpath.toml is not a URL (relative URL without a base); write for example https://api.na1.niceincontact.com",
        ),
        (
            "base-url = \"ftp://x\"",
            "'base-url' of [target.tenant] in callpath.toml must start with https:// or http://; write for example https://api.na1.niceincontact.com",
        ),
        (
            "base-url = \"https://me:hush@x\"",
            "'base-url' of [target.tenant] in callpath.toml carries a user or a password; use 'client-id' and CXONE_CLIENT_SECRET",
        ),
        (
            "base-url = \"https://x/?a=1\"",
            "'base-url' of [target.tenant] in callpath.toml must end before the first '?' or '#'",
        ),
        (
            "base-url = \"https://x\"\nregion = \"na1\"",
            "[target.tenant] in callpath.toml has both 'base-url' and 'region'; keep one of them",
        ),
        (
            "region = \"na1.evil.com/\"",
            "'region' of [target.tenant] in callpath.toml is 'na1.evil.com/', which is no region; write for example na1, or give the whole address as 'base-url'",
        ),
    ] {
        assert_eq!(error(toml, &[]), expected);
    }
    for (line, expected) in [
        ("attempts = 0", "'attempts' of [target.tenant] in callpath.toml must be at least 1"),
        ("in-flight = 0", "'in-flight' of [target.tenant] in callpath.toml must be at least 1"),
        ("deadline = \"0s\"", "'deadline' of [target.tenant] in callpath.toml must be longer than 0s"),
        ("job-timeout = \"1000h\"", "'job-timeout' of [target.tenant] in callpath.toml must not be longer than 720h"),
        (
            "requests-per-second = 0",
            "[target.tenant] in callpath.toml needs 'requests-per-second' between 0.001 and 1000000",
        ),
        (
            "requests-per-second = nan",
            "[target.tenant] in callpath.toml needs 'requests-per-second' between 0.001 and 1000000",
        ),
        ("burst = 3", "[target.tenant] in callpath.toml has 'burst' and no 'requests-per-second' that it belongs to"),
    ] {
        assert_eq!(error(&format!("{base}{line}"), &[]), expected);
    }
}

#[test]
fn unknown_settings_and_bare_numbers_are_refused() {
    let unknown = toml::from_str::<RemoteProfile>("base_url = \"x\"").unwrap_err().to_string();
    assert!(unknown.contains("unknown field `base_url`"), "{unknown}");
    let bare = toml::from_str::<RemoteProfile>("deadline = \"60\"").unwrap_err().to_string();
    assert!(bare.contains("'60' has no unit"), "{bare}");
}

#[test]
fn debug_shows_no_secret() {
    let profile = profile("client-secret = \"hush hush\"\nbase-url = \"https://x\"\nclient-id = \"me\"");
    assert!(!format!("{profile:?}").contains("hush"));
    let settings = profile.resolve("tenant", &Environment::new(&|_| None)).unwrap();
    assert!(!format!("{settings:?}").contains("hush"));
}

#[test]
fn a_simulation_may_take_as_long_as_its_parts() {
    let longest = |more: &str| {
        let profile: RemoteProfile = toml::from_str(&format!("region = 'na1'\n{more}")).unwrap();
        profile.resolve("tenant", &Environment::new(&|_| None)).unwrap().longest().as_secs()
    };
    assert_eq!(longest(""), 420);
    assert_eq!(longest("job-timeout = '10s'\ndeadline = '5s'\nrequest-timeout = '1s'"), 20);
    assert_eq!(longest("job-timeout = '10s'\ndeadline = '5s'\nrequest-timeout = '8s'"), 23);
}
