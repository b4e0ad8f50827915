use super::*;
use proptest::prelude::*;
use std::sync::atomic::AtomicU32;

fn answer(json: &str) -> TokenAnswer {
    serde_json::from_str(json).unwrap()
}

fn lifetime(expires_in: &str) -> u64 {
    answer(&format!(r#"{{"access_token":"t","token_type":"Bearer"{expires_in}}}"#)).lifetime().as_secs()
}

#[test]
fn lives_of_every_kind_are_sane() {
    for (text, seconds) in [
        ("", 3600),
        (r#","expires_in":null"#, 3600),
        (r#","expires_in":true"#, 3600),
        (r#","expires_in":"soon""#, 3600),
        (r#","expires_in":0"#, 0),
        (r#","expires_in":-5"#, 0),
        (r#","expires_in":900"#, 900),
        (r#","expires_in":"900""#, 900),
        (r#","expires_in":900.5"#, 900),
        (r#","expires_in":18446744073709551615"#, 86_400),
        (r#","expires_in":1e300"#, 86_400),
    ] {
        assert_eq!(lifetime(text), seconds, "{text}");
    }
}

#[test]
fn a_token_that_no_header_can_carry_is_refused_without_being_shown() {
    let newline = answer(r#"{"access_token":"top\nsecret","expires_in":5}"#).header().unwrap_err();
    assert_eq!(newline, "its token has characters that no header can carry");
    assert_eq!(answer(r#"{"access_token":""}"#).header().unwrap_err(), "its token is empty");
    let mac = answer(r#"{"access_token":"topsecret","token_type":"mac"}"#);
    assert_eq!(mac.header().unwrap_err(), "its token is of type 'mac', not 'Bearer'");
    assert!(!format!("{mac:?}").contains("topsecret"));
    let good = answer(r#"{"access_token":"topsecret","token_type":"bearer"}"#).header().unwrap();
    assert_eq!(good.to_str().unwrap(), "Bearer topsecret");
    assert_eq!(format!("{good:?}"), "Sensitive");
}

const EARLY: Duration = Duration::from_secs(30);

/// A token endpoint that counts, takes a second, and can be told to fail.
#[derive(Default)]
struct Endpoint {
    fetches: AtomicU32,
    fails: std::sync::Mutex<Option<ErrorKind>>,
    life_s: AtomicU32,
}

impl Endpoint {
    fn living(seconds: u32) -> Arc<Self> {
        Arc::new(Self { life_s: seconds.into(), ..Self::default() })
    }

    async fn fetch(&self) -> Result<Token, ClientError> {
        let number = self.fetches.fetch_add(1, SeqCst) + 1;
        let asked = Instant::now();
        tokio::time::sleep(Duration::from_secs(1)).await;
        if let Some(kind) = *self.fails.lock().unwrap() {
            return Err(ClientError::new(kind, format!("failure {number}")));
        }
        let header = HeaderValue::try_from(format!("Bearer {number}")).unwrap();
        Ok(Token::new(header, asked, Duration::from_secs(self.life_s.load(SeqCst).into()), EARLY))
    }

    fn count(&self) -> u32 {
        self.fetches.load(SeqCst)
    }

    fn fail(&self, kind: Option<ErrorKind>) {
        *self.fails.lock().unwrap() = kind;
    }
}

async fn crowd(cache: &Arc<TokenCache>, endpoint: &Arc<Endpoint>) -> Vec<Result<String, String>> {
    let tasks: Vec<_> = (0..64)
        .map(|_| {
            let (cache, endpoint) = (cache.clone(), endpoint.clone());
            tokio::spawn(async move {
                let token = cache.get(|| endpoint.fetch()).await;
                token.map(|token| token.header.to_str().unwrap().to_owned()).map_err(|error| error.to_string())
            })
        })
        .collect();
    let mut all = vec![];
    for task in tasks {
        all.push(task.await.unwrap());
    }
    all
}

#[tokio::test(start_paused = true)]
async fn a_crowd_fetches_one_token() {
    let (cache, endpoint) = (Arc::new(TokenCache::default()), Endpoint::living(600));
    assert!(crowd(&cache, &endpoint).await.iter().all(|token| token == &Ok("Bearer 1".to_owned())));
    assert_eq!(endpoint.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_crowd_shares_one_failure_and_later_callers_try_again() {
    let (cache, endpoint) = (Arc::new(TokenCache::default()), Endpoint::living(600));
    endpoint.fail(Some(ErrorKind::Unreachable));
    assert!(crowd(&cache, &endpoint).await.iter().all(|error| error == &Err("failure 1".to_owned())));
    assert_eq!(endpoint.count(), 1);
    endpoint.fail(None);
    assert!(crowd(&cache, &endpoint).await.iter().all(|token| token == &Ok("Bearer 2".to_owned())));
}

#[tokio::test(start_paused = true)]
async fn credentials_that_never_worked_are_refused_once_for_all() {
    let (cache, endpoint) = (Arc::new(TokenCache::default()), Endpoint::living(600));
    endpoint.fail(Some(ErrorKind::Credentials));
    crowd(&cache, &endpoint).await;
    assert!(crowd(&cache, &endpoint).await.iter().all(|error| error == &Err("failure 1".to_owned())));
    assert_eq!(endpoint.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_token_is_replaced_early_and_only_one_caller_waits_for_it() {
    let (cache, endpoint) = (Arc::new(TokenCache::default()), Endpoint::living(600));
    cache.get(|| endpoint.fetch()).await.unwrap();
    tokio::time::advance(Duration::from_secs(568)).await;
    assert!(crowd(&cache, &endpoint).await.iter().all(|token| token == &Ok("Bearer 1".to_owned())));
    tokio::time::advance(Duration::from_secs(2)).await;
    let start = Instant::now();
    let tokens = crowd(&cache, &endpoint).await;
    assert_eq!(tokens.iter().filter(|token| **token == Ok("Bearer 1".to_owned())).count(), 63);
    assert_eq!(tokens.iter().filter(|token| **token == Ok("Bearer 2".to_owned())).count(), 1);
    assert_eq!(start.elapsed().as_secs(), 1);
    assert_eq!(endpoint.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_failure_to_replace_a_token_early_does_no_harm_until_it_expires() {
    let (cache, endpoint) = (Arc::new(TokenCache::default()), Endpoint::living(600));
    cache.get(|| endpoint.fetch()).await.unwrap();
    endpoint.fail(Some(ErrorKind::Credentials));
    tokio::time::advance(Duration::from_secs(580)).await;
    assert_eq!(cache.get(|| endpoint.fetch()).await.unwrap().header, "Bearer 1");
    tokio::time::advance(Duration::from_secs(30)).await;
    assert_eq!(cache.get(|| endpoint.fetch()).await.unwrap_err().to_string(), "failure 3");
    endpoint.fail(None);
    assert_eq!(cache.get(|| endpoint.fetch()).await.unwrap().header, "Bearer 4");
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_is_replaced_once_however_many_were_refused_with_it() {
    let (cache, endpoint) = (Arc::new(TokenCache::default()), Endpoint::living(600));
    let old = cache.get(|| endpoint.fetch()).await.unwrap();
    let tasks: Vec<_> = (0..64)
        .map(|_| {
            let (cache, endpoint, old) = (cache.clone(), endpoint.clone(), old.clone());
            tokio::spawn(async move { cache.other_than(Some(&old), || endpoint.fetch()).await.unwrap().header.clone() })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), "Bearer 2");
    }
    assert_eq!(endpoint.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_claims_to_be_expired_does_not_start_a_storm() {
    let (cache, endpoint) = (Arc::new(TokenCache::default()), Endpoint::living(0));
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(60) {
        cache.get(|| endpoint.fetch()).await.unwrap();
        tokio::time::advance(Duration::from_millis(100)).await;
    }
    // The endpoint takes a second and its token is good for one from when it was asked for.
    assert!(endpoint.count() <= 60, "{} fetches in a minute", endpoint.count());
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_goes_away_while_it_fetches_leaves_the_cache_in_order() {
    let (cache, endpoint) = (Arc::new(TokenCache::default()), Endpoint::living(600));
    let given_up = tokio::time::timeout(Duration::from_millis(10), cache.get(|| endpoint.fetch())).await;
    assert!(given_up.is_err());
    assert_eq!(cache.get(|| endpoint.fetch()).await.unwrap().header, "Bearer 2");
}

proptest! {
    #[test]
    fn a_token_is_never_used_beyond_its_life_and_never_for_less_than_half_of_it(life in 0u64..200_000, early in 0u64..10_000) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let _inside = runtime.enter();
        let asked = Instant::now();
        let token = Token::new(HeaderValue::from_static("x"), asked, Duration::from_secs(life), Duration::from_secs(early));
        let (use_for, lives) = ((token.refresh_at - asked).as_secs_f64(), (token.expires_at - asked).as_secs_f64());
        prop_assert!(use_for <= lives);
        prop_assert!(lives <= (life.max(1)) as f64);
        prop_assert!(use_for >= (life.min(86_400) as f64 / 2.0).max(1.0));
    }
}
