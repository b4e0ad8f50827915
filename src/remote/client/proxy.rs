//! The proxies that the environment names.

use url::Url;

use super::no_proxy::NoProxy;
use super::profile::Environment;
use super::settings::is_loopback;

/// The schemes of proxies that the client speaks to.
const SCHEMES: [&str; 4] = ["http", "https", "socks5", "socks5h"];

/// Which requests use which proxy. Requests to this machine use none.
#[derive(Clone, Debug)]
pub(super) struct Proxies {
    http: Option<Result<Url, ProxyError>>,
    https: Option<Result<Url, ProxyError>>,
    exceptions: NoProxy,
}

/// Why a proxy cannot be used. The address stays out of the message: it may carry a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable {variable} {problem}")]
pub struct ProxyError {
    variable: &'static str,
    problem: String,
}

impl Proxies {
    /// Reads `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`; of two spellings of a name the upper-case one counts.
    pub(super) fn from_environment(environment: &Environment<'_>) -> Self {
        let find = |names: &[&'static str]| names.iter().find_map(|name| Some(parse(name, &environment.get(name)?)));
        // In a CGI script `HTTP_PROXY` is the header `Proxy` of whoever called it (CVE-2016-5385).
        let is_cgi = environment.get("REQUEST_METHOD").is_some();
        let http: &[_] = if is_cgi { &["http_proxy"] } else { &["HTTP_PROXY", "http_proxy"] };
        let all = ["ALL_PROXY", "all_proxy"];
        let exceptions = ["NO_PROXY", "no_proxy"].iter().find_map(|name| environment.get(name));
        Self {
            http: find(http).or_else(|| find(&all)),
            https: find(&["HTTPS_PROXY", "https_proxy"]).or_else(|| find(&all)),
            exceptions: exceptions.map_or_else(NoProxy::default, |text| NoProxy::parse(&text)),
        }
    }

    /// Whether no request uses a proxy.
    pub(super) fn is_empty(&self) -> bool {
        self.http.is_none() && self.https.is_none()
    }

    /// The proxy of requests to this URL.
    pub(super) fn find(&self, url: &Url) -> Result<Option<&Url>, ProxyError> {
        let proxy = if url.scheme() == "https" { &self.https } else { &self.http };
        match proxy {
            Some(proxy) if !is_loopback(url) && !self.exceptions.matches(url) => {
                proxy.as_ref().map(Some).map_err(ProxyError::clone)
            }
            _ => Ok(None),
        }
    }
}

fn parse(variable: &'static str, text: &str) -> Result<Url, ProxyError> {
    let error = |problem: String| ProxyError { variable, problem };
    // Many write no scheme.
    let address = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let url: Url = address.parse().map_err(|cause| error(format!("is not the address of a proxy ({cause})")))?;
    if !SCHEMES.contains(&url.scheme()) {
        let schemes = SCHEMES.join(", ");
        return Err(error(format!("names a proxy of the scheme '{}'; callpath knows {schemes}", url.scheme())));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(error("is not the address of a proxy (no host)".to_owned()));
    }
    Ok(url)
}

/// A proxy's host and port, without its user and password.
pub(super) fn place(proxy: &Url) -> String {
    let host = proxy.host_str().unwrap_or_default();
    let port = proxy.port_or_known_default().unwrap_or(1080);
    format!("{host}:{port}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(variables: &[(&str, &str)]) -> Proxies {
        let look_up = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Proxies::from_environment(&Environment::new(&look_up))
    }

    fn found(variables: &[(&str, &str)], url: &str) -> String {
        match proxies(variables).find(&url.parse().unwrap()) {
            Ok(proxy) => {
                proxy.map_or_else(|| "none".to_owned(), |proxy| format!("{} {}", proxy.scheme(), place(proxy)))
            }
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn each_scheme_of_a_target_has_its_proxy() {
        let both = [("HTTP_PROXY", "http://one:3128"), ("HTTPS_PROXY", "https://me:pw@two")];
        assert_eq!(found(&both, "http://sim.test"), "http one:3128");
        assert_eq!(found(&both, "https://sim.test"), "https two:443");
        assert_eq!(found(&both[..1], "https://sim.test"), "none");
        let all = [("ALL_PROXY", "socks5h://three"), ("HTTP_PROXY", "one:3128")];
        assert_eq!(found(&all, "http://sim.test"), "http one:3128");
        assert_eq!(found(&all, "https://sim.test"), "socks5h three:1080");
        assert!(proxies(&[]).is_empty() && !proxies(&all).is_empty());
    }

    #[test]
    fn both_spellings_count_and_empty_variables_do_not() {
        assert_eq!(found(&[("http_proxy", "one:1")], "http://sim.test"), "http one:1");
        assert_eq!(found(&[("https_proxy", "one:1")], "https://sim.test"), "http one:1");
        assert_eq!(found(&[("all_proxy", "one:1")], "https://sim.test"), "http one:1");
        assert_eq!(found(&[("http_proxy", "one:1"), ("HTTP_PROXY", "two:2")], "http://sim.test"), "http two:2");
        assert_eq!(found(&[("http_proxy", "one:1"), ("HTTP_PROXY", "")], "http://sim.test"), "http one:1");
        assert_eq!(found(&[("HTTP_PROXY", "one:1"), ("REQUEST_METHOD", "GET")], "http://sim.test"), "none");
    }

    #[test]
    fn this_machine_and_exceptions_use_no_proxy() {
        for name in ["NO_PROXY", "no_proxy"] {
            let variables = [("ALL_PROXY", "one:1"), (name, "corp.test")];
            assert_eq!(found(&variables, "https://sim.corp.test"), "none");
            assert_eq!(found(&variables, "https://sim.test"), "http one:1");
        }
        for url in ["http://127.0.0.1:80", "https://localhost", "http://[::1]:9"] {
            assert_eq!(found(&[("ALL_PROXY", "ftp://broken")], url), "none");
        }
    }

    #[test]
    fn a_proxy_that_cannot_be_used_is_refused_by_the_name_of_its_variable() {
        let said = |text: &str| found(&[("HTTPS_PROXY", text)], "https://sim.test");
        assert_eq!(
            said("ftp://me:secret@one:1"),
            "the environment variable HTTPS_PROXY names a proxy of the scheme 'ftp'; callpath knows http, https, socks5, socks5h"
        );
        assert_eq!(
            said("http://me:secret@one:port"),
            "the environment variable HTTPS_PROXY is not the address of a proxy (invalid port number)"
        );
        assert!(said("http://").starts_with("the environment variable HTTPS_PROXY is not the address of a proxy"));
        assert!(!said("http://me:secret@:x").contains("secret"));
    }
}
