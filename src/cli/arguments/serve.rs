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
                        \nThe first line of the output is the address. Without --client-id any credentials are taken, on \
                        loopback addresses only.")]
pub struct Serve {
    /// Flow files, or folders in which to look for them [default: suites]
    #[arg(long, value_name = "PATH", num_args = 1.., default_values_t = ["suites".to_owned()], hide_default_value = true)]
    pub flows: Vec<String>,
    /// The address to listen on; any but a loopback address needs --client-id
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub bind: IpAddr,
    /// The port; 0 is any free one
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    pub port: u16,
    /// The client that gets tokens
    #[arg(long, value_name = "ID", env = "CALLPATH_SERVE_CLIENT_ID", requires = "client_secret")]
    pub client_id: Option<String>,
    /// Its secret; better in the environment than on the command line, where others can see it
    #[arg(
        long,
        value_name = "SECRET",
        env = "CALLPATH_SERVE_CLIENT_SECRET",
        hide_env_values = true,
        requires = "client_id"
    )]
    pub client_secret: Option<String>,
    /// How long a simulation takes: a time, a range such as `20ms..80ms`, or `exponential 50ms..400ms` (mean and cap)
    #[arg(long, value_name = "TIME", default_value = "0s")]
    pub processing: Latency,
    /// For how long a token is good
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = parse_duration)]
    pub token_ttl: u64,
    /// For how long a result is kept
    #[arg(long, value_name = "TIME", default_value = "1m", value_parser = parse_duration)]
    pub result_ttl: u64,
    /// How long the server goes on at Ctrl-C for those who wait for results, and for prompts that it has taken
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = parse_duration)]
    pub grace: u64,
    /// A file of faults (see docs/server.md)
    #[arg(long, value_name = "FILE")]
    pub faults: Option<PathBuf>,
    /// One more fault, as in the file; repeated: all of them
    #[arg(long, value_name = "FAULT")]
    pub fault: Vec<String>,
    /// The seed of processing times and faults
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// A certificate (and those up to its root) in PEM: the server speaks TLS
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
    /// The agents who may get prompts and their skills (see docs/assist.md); without it everybody has the skills billing,
    /// technical_support and escalation
    #[arg(long, value_name = "FILE")]
    pub agents: Option<PathBuf>,
    /// The least sentiment at which an agent gets a prompt, from -1 to 1
    #[arg(long, value_name = "N", default_value_t = -0.3, allow_negative_numbers = true, value_parser = sentiment)]
    pub minimum_sentiment: f64,
    /// The skills that an agent needs, separated by commas; '' is none
    #[arg(long, value_name = "SKILLS", default_value = "billing", value_delimiter = ',')]
    pub required_skills: Vec<String>,
    /// Prompts that an agent, and a tenant, may get at once
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub prompt_burst: u32,
    /// Prompts a second after that
    #[arg(long, value_name = "N", default_value_t = 2.0)]
    pub prompt_rate: f64,
    /// How long a prompt may wait for the rate limit instead of being refused
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = parse_duration)]
    pub prompt_wait: u64,
    /// A target of callpath.toml to which prompts are sent [default: the stand-ins of this server]
    #[arg(long, value_name = "NAME")]
    pub assist_target: Option<String>,
    /// How long the stand-in takes to make a transcript: a time, a range, or an exponential as for --processing
    #[arg(long, value_name = "TIME", default_value = "0s")]
    pub transcript_delay: Latency,
    /// Append the record of each prompt to this file, one line of JSON each
    #[arg(long, value_name = "FILE")]
    pub prompts_log: Option<PathBuf>,
}

fn sentiment(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number| (-1.0..=1.0).contains(number));
    number.ok_or_else(|| "a sentiment is a number from -1 to 1".to_owned())
}
