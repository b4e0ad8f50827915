//! The arguments of `callpath serve`.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::Args;

use crate::server::Latency;
use crate::source::yaml::parse_duration;

/// `callpath serve`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  callpath serve --flows suites/flows --port 0\n  \
                        callpath serve --processing '20ms..80ms' --faults tests/fixtures/faults/bad-day.yaml\n  \
                        callpath serve --fault '{on: submit, every: 10, fault: status, status: 429, retry_after: 1s}'\n  \
                        callpath serve --agents agents.yaml --minimum-sentiment=-0.5 --prompts-log prompts.jsonl\n\
                        \nThe first line of the output is the address. Without --client-id any credentials are accepted, on \
                        loopback addresses only.")]
pub struct Serve {
    /// Flow files, or folders to search for them [default: suites]
    #[arg(long, value_name = "PATH", num_args = 1.., default_values_t = ["suites".to_owned()], hide_default_value = true)]
    pub flows: Vec<String>,
    /// The address to listen on; all but loopback addresses require --client-id
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub bind: IpAddr,
    /// The port; 0 picks a free one
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    pub port: u16,
    /// The client id that tokens are issued to
    #[arg(long, value_name = "ID", env = "CALLPATH_SERVE_CLIENT_ID", requires = "client_secret")]
    pub client_id: Option<String>,
    /// Its secret; prefer the environment variable, because other users can see the command line
    #[arg(
        long,
        value_name = "SECRET",
        env = "CALLPATH_SERVE_CLIENT_SECRET",
        hide_env_values = true,
        requires = "client_id"
    )]
    pub client_secret: Option<String>,
    /// How long a simulation takes: a time, a range such as `20ms..80ms`, or `exponential
    /// 50ms..400ms` (mean and cap)
    #[arg(long, value_name = "TIME", default_value = "0s")]
    pub processing: Latency,
    /// Lifetime of a token
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = parse_duration)]
    pub token_ttl: u64,
    /// How long a result is kept
    #[arg(long, value_name = "TIME", default_value = "1m", value_parser = parse_duration)]
    pub result_ttl: u64,
    /// How long to finish pending results and accepted prompts after Ctrl-C
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = parse_duration)]
    pub grace: u64,
    /// A file of faults to inject (see docs/server.md)
    #[arg(long, value_name = "FILE")]
    pub faults: Option<PathBuf>,
    /// An additional fault, in the syntax of the file; repeatable
    #[arg(long, value_name = "FAULT")]
    pub fault: Vec<String>,
    /// Random seed of processing times and faults
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// A certificate chain in PEM; enables TLS
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// Its private key in PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    // Last: its heading would stand over what follows.
    #[command(flatten)]
    pub assist: Assist,
}

/// Prompts for agents, at `POST /simulate-prompt`.
#[derive(Debug, Args)]
#[command(next_help_heading = "Agent assist")]
pub struct Assist {
    /// The agents and their skills (see docs/assist.md); without it every agent has the skills
    /// billing, technical_support and escalation
    #[arg(long, value_name = "FILE")]
    pub agents: Option<PathBuf>,
    /// Minimum sentiment at which an agent gets a prompt, from -1 to 1
    #[arg(long, value_name = "N", default_value_t = -0.3, allow_negative_numbers = true, value_parser = sentiment)]
    pub minimum_sentiment: f64,
    /// Skills that an agent needs, separated by commas; '' is none
    #[arg(long, value_name = "SKILLS", default_value = "billing", value_delimiter = ',')]
    pub required_skills: Vec<String>,
    /// Burst of prompts per agent and per tenant
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub prompt_burst: u32,
    /// Prompts per second after the burst
    #[arg(long, value_name = "N", default_value_t = 2.0)]
    pub prompt_rate: f64,
    /// How long a prompt may wait for the rate limit before it is rejected
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = parse_duration)]
    pub prompt_wait: u64,
    /// Send prompts to this target of callpath.toml [default: the stand-ins of this server]
    #[arg(long, value_name = "NAME")]
    pub assist_target: Option<String>,
    /// How long the stand-in takes to produce a transcript, as for --processing
    #[arg(long, value_name = "TIME", default_value = "0s")]
    pub transcript_delay: Latency,
    /// Append the record of each prompt to this file as a line of JSON
    #[arg(long, value_name = "FILE")]
    pub prompts_log: Option<PathBuf>,
}

fn sentiment(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number| (-1.0..=1.0).contains(number));
    number.ok_or_else(|| "a sentiment is a number from -1 to 1".to_owned())
}
