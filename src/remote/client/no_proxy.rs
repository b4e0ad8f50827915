//! The hosts that `NO_PROXY` excepts from proxies.

use std::net::IpAddr;

use url::{Host, Url};

/// The entries of `NO_PROXY`. Entries that cannot be read are ignored, as other programs do.
#[derive(Clone, Debug, Default)]
pub(super) struct NoProxy {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    hosts: Hosts,
    port: Option<u16>,
}

#[derive(Clone, Debug)]
enum Hosts {
    /// `*`.
    All,
    /// A domain and those below it.
    Domain(String),
    /// The addresses that have the first `prefix` bits of this one.
    Network { address: IpAddr, prefix: u32 },
}

impl NoProxy {
    /// Reads entries separated by commas or white space: `*`, `domain`, `.domain` and `*.domain` (all three: the domain and
    /// those below it), addresses and networks (`10.0.0.0/8`, `fd00::/8`), each with `:port` where one port is meant.
    pub(super) fn parse(text: &str) -> Self {
        let texts = text.split(|character: char| character == ',' || character.is_whitespace());
        Self { entries: texts.filter(|text| !text.is_empty()).filter_map(Entry::parse).collect() }
    }

    /// Whether requests to this URL use no proxy.
    pub(super) fn matches(&self, url: &Url) -> bool {
        let Some(host) = url.host() else { return false };
        let port = url.port_or_known_default();
        self.entries.iter().any(|entry| (entry.port.is_none() || entry.port == port) && entry.hosts.contain(&host))
    }
}

impl Entry {
    fn parse(text: &str) -> Option<Self> {
        // An address of version 6 has colons of its own: with a port it stands in brackets.
        if let Some(hosts) = Hosts::network(text) {
            return Some(Self { hosts, port: None });
        }
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse().ok()?)),
            None => (text, None),
        };
        let hosts = match host {
            "*" => Hosts::All,
            _ => Hosts::network(host.trim_start_matches('[').trim_end_matches(']')).or_else(|| Hosts::domain(host))?,
        };
        Some(Self { hosts, port })
    }
}

impl Hosts {
    fn network(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse().ok()?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.unwrap_or(bits);
        (prefix <= bits).then_some(Self::Network { address, prefix })
    }

    fn domain(text: &str) -> Option<Self> {
        let name = text.strip_prefix('*').unwrap_or(text).trim_matches('.');
        // As URLs write it: in lower case and in ASCII.
        match Host::parse(name).ok()? {
            Host::Domain(name) => Some(Self::Domain(name)),
            _ => None,
        }
    }

    fn contain(&self, host: &Host<&str>) -> bool {
        let host_address = match host {
            Host::Ipv4(address) => Some(IpAddr::V4(*address)),
            Host::Ipv6(address) => Some(IpAddr::V6(*address)),
            Host::Domain(_) => None,
        };
        match (self, host) {
            (Self::All, _) => true,
            (Self::Domain(domain), Host::Domain(name)) => {
                let name = name.strip_suffix('.').unwrap_or(name);
                name.strip_suffix(domain.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            }
            (Self::Network { address, prefix }, _) => match (address, host_address) {
                (IpAddr::V4(network), Some(IpAddr::V4(address))) => {
                    (network.to_bits() ^ address.to_bits()).leading_zeros() >= *prefix
                }
                (IpAddr::V6(network), Some(IpAddr::V6(address))) => {
                    (network.to_bits() ^ address.to_bits()).leading_zeros() >= *prefix
                }
                _ => false,
            },
            (Self::Domain(_), _) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_cover_the_hosts_that_they_name() {
        let cases = [
            ("*", "http://anything.test", true),
            ("", "http://anything.test", false),
            ("corp.test", "http://corp.test", true),
            ("corp.test", "https://sim.corp.test:8443", true),
            (".corp.test", "http://sim.corp.test", true),
            (".corp.test", "http://corp.test", true),
            ("*.corp.test", "http://a.b.corp.test", true),
            ("corp.test", "http://mycorp.test", false),
            ("corp.test", "http://corp.test.example.com", false),
            ("CORP.Test", "http://sim.corp.test.", true),
            ("m\u{fc}nchen.test", "http://xn--mnchen-3ya.test", true),
            ("a.test,corp.test", "http://corp.test", true),
            ("a.test  corp.test", "http://corp.test", true),
            (" , ,", "http://corp.test", false),
            ("10.1.2.3", "http://10.1.2.3:80", true),
            ("10.1.2.3", "http://10.1.2.4", false),
            ("10.0.0.0/8", "http://10.200.2.4", true),
            ("10.0.0.0/8", "http://11.0.0.1", false),
            ("0.0.0.0/0", "http://11.0.0.1", true),
            ("10.0.0.0/33", "http://10.0.0.0", false),
            ("fd00::/8", "http://[fd12::1]", true),
            ("fd00::/8", "http://[fe80::1]", false),
            ("fd12::1", "http://[fd12::1]:80", true),
            ("[fd12::1]:8080", "http://[fd12::1]:8080", true),
            ("[fd12::1]:8080", "http://[fd12::1]", false),
            ("corp.test:8080", "http://sim.corp.test:8080", true),
            ("corp.test:443", "https://corp.test", true),
            ("corp.test:8080", "http://corp.test", false),
            ("corp.test:x", "http://corp.test", false),
            ("10.0.0.0/8", "http://ten.test", false),
            ("*:8080", "http://corp.test:8080", true),
        ];
        for (entries, url, expected) in cases {
            let url: Url = url.parse().unwrap();
            assert_eq!(NoProxy::parse(entries).matches(&url), expected, "{entries:?} and {url}");
        }
    }
}
