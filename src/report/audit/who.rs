//! Who runs tests, from the environment.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::remote::client::Environment;

/// Who ran, and where. Nothing of it is proven: it is what the environment says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Who {
    /// The person: whom the CI system names, else who is logged in.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub user: Option<String>,
    /// The machine.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub host: Option<String>,
    /// The CI system.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ci: Option<String>,
    /// Its job: an address where there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub job: Option<String>,
}

/// A CI system: what tells it, who began the job, and the job.
type Ci = (&'static str, &'static str, &'static [&'static str], &'static [&'static str]);

const SYSTEMS: &[Ci] = &[
    ("GitHub Actions", "GITHUB_ACTIONS", &["GITHUB_TRIGGERING_ACTOR", "GITHUB_ACTOR"], &[]),
    ("GitLab CI", "GITLAB_CI", &["GITLAB_USER_LOGIN"], &["CI_JOB_URL", "CI_JOB_ID"]),
    ("Azure Pipelines", "TF_BUILD", &["BUILD_REQUESTEDFOR"], &["BUILD_BUILDURI", "BUILD_BUILDID"]),
    ("Jenkins", "JENKINS_URL", &["BUILD_USER_ID", "CHANGE_AUTHOR"], &["BUILD_URL", "BUILD_TAG"]),
    ("Buildkite", "BUILDKITE", &["BUILDKITE_BUILD_CREATOR"], &["BUILDKITE_BUILD_URL"]),
    ("CircleCI", "CIRCLECI", &["CIRCLE_USERNAME"], &["CIRCLE_BUILD_URL"]),
    ("Bitbucket Pipelines", "BITBUCKET_BUILD_NUMBER", &["BITBUCKET_STEP_TRIGGERER_UUID"], &["BITBUCKET_BUILD_NUMBER"]),
    ("TeamCity", "TEAMCITY_VERSION", &["TEAMCITY_BUILD_TRIGGEREDBY_USERNAME"], &["BUILD_NUMBER"]),
];

impl Who {
    /// As an environment says it.
    pub fn of(environment: &Environment<'_>) -> Self {
        let first = |names: &[&str]| names.iter().find_map(|name| environment.get(name));
        let ci = SYSTEMS.iter().find(|(_, sign, ..)| environment.get(sign).is_some());
        let job = match ci {
            Some(("GitHub Actions", ..)) => {
                let part = |name| environment.get(name);
                match (part("GITHUB_SERVER_URL"), part("GITHUB_REPOSITORY"), part("GITHUB_RUN_ID")) {
                    (Some(server), Some(repository), Some(run)) => {
                        Some(format!("{server}/{repository}/actions/runs/{run}"))
                    }
                    (_, _, run) => run,
                }
            }
            Some((_, _, _, job)) => first(job),
            None => None,
        };
        let person = ci.and_then(|(_, _, users, _)| first(users));
        Self {
            user: person.or_else(|| first(&["USER", "LOGNAME", "USERNAME"])),
            host: first(&["COMPUTERNAME", "HOSTNAME"]).or_else(host),
            ci: ci.map(|(name, ..)| (*name).to_owned()),
            job,
        }
    }
}

/// The machine's name where the environment does not say it (most shells do not pass `HOSTNAME` on).
fn host() -> Option<String> {
    let read = |path| std::fs::read_to_string(path).ok();
    let name = read("/proc/sys/kernel/hostname").or_else(|| read("/etc/hostname"))?;
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Who {
        let look_up =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        Who { host: None, ..Who::of(&Environment::new(&look_up)) }
    }

    #[test]
    fn a_person_at_a_desk_and_jobs_of_ci_systems() {
        let text = |who: Who| serde_json::to_string(&who).unwrap();
        assert_eq!(text(of(&[("USER", "ada")])), r#"{"user":"ada"}"#);
        assert_eq!(text(of(&[])), "{}");
        let github = [
            ("USER", "runner"),
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_ACTOR", "ada"),
            ("GITHUB_SERVER_URL", "https://github.com"),
            ("GITHUB_REPOSITORY", "acme/ivr"),
            ("GITHUB_RUN_ID", "42"),
        ];
        assert_eq!(
            text(of(&github)),
            r#"{"user":"ada","ci":"GitHub Actions","job":"https://github.com/acme/ivr/actions/runs/42"}"#
        );
        let gitlab = [("GITLAB_CI", "true"), ("GITLAB_USER_LOGIN", "ada"), ("CI_JOB_URL", "https://gitlab/-/jobs/7")];
        assert_eq!(text(of(&gitlab)), r#"{"user":"ada","ci":"GitLab CI","job":"https://gitlab/-/jobs/7"}"#);
        let jenkins = [("JENKINS_URL", "https://ci/"), ("LOGNAME", "jenkins"), ("BUILD_TAG", "jenkins-ivr-7")];
        assert_eq!(text(of(&jenkins)), r#"{"user":"jenkins","ci":"Jenkins","job":"jenkins-ivr-7"}"#);
    }

    #[test]
    fn the_machine_is_known_by_its_own_name() {
        assert_eq!(of(&[("HOSTNAME", "a")]).host, None);
        let named = Who::of(&Environment::new(&|name| (name == "HOSTNAME").then(|| "build-7".to_owned())));
        assert_eq!(named.host.as_deref(), Some("build-7"));
    }
}
