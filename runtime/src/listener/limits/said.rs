//! The limits that somebody has set, before it is known what holds for the others.

use std::time::Duration;

use super::ListenerLimits;
#[cfg(feature = "settings")]
use crate::settings::ListenerSettings;

macro_rules! said {
    ($($limit:ident: $value:ty,)+) => {
        /// The limits that somebody has set. `None` is what nobody has said, which is not the same as no limit.
        #[derive(Clone, Debug, Default)]
        pub(crate) struct Said {
            $(pub(crate) $limit: Option<$value>,)+
        }

        impl Said {
            /// Takes from the settings what is not said here.
            #[cfg(feature = "settings")]
            pub(crate) fn over(self, settings: &ListenerSettings) -> Self {
                Said {
                    $($limit: self.$limit.or_else(|| settings.$limit()),)+
                }
            }

            /// What holds, with the defaults for whatever is not said.
            pub(crate) fn limits(&self) -> ListenerLimits {
                let default = ListenerLimits::default();
                ListenerLimits {
                    $($limit: self.$limit.unwrap_or(default.$limit),)+
                }
            }
        }
    };
}

said! {
    max_connections: usize,
    max_connections_per_user: Option<usize>,
    max_frame: usize,
    max_values: usize,
    max_in_flight: usize,
    max_streams: usize,
    max_subscriptions: usize,
    high_water: usize,
    memory: usize,
    rate: Option<usize>,
    burst: Option<usize>,
    user_rate: Option<usize>,
    user_burst: Option<usize>,
    idle: Option<Duration>,
    start_time: Option<Duration>,
    frame_time: Duration,
    unread_time: Option<Duration>,
    drain: Duration,
}

#[cfg(all(test, feature = "settings"))]
mod tests {
    use super::{ListenerLimits, Said};
    use crate::Settings;

    /// Every limit, each with a value of its own.
    const ALL: &str = "
        max_connections = 1
        max_connections_per_user = 2
        max_frame = 2003
        max_values = 4
        max_in_flight = 5
        max_streams = 6
        max_subscriptions = 7
        high_water = 2008
        memory = '9MiB'
        rate = 10
        burst = 11
        user_rate = 12
        user_burst = 13
        idle = '14s'
        start_time = '15s'
        frame_time = '16s'
        unread_time = '17s'
        drain = '18s'
    ";

    fn settled(said: Said, text: &str) -> ListenerLimits {
        let settings = Settings::from_toml(&format!("[listener]\n{text}")).expect("the keys exist");
        said.over(settings.listener()).limits()
    }

    #[test]
    fn the_settings_say_what_the_program_does_not() {
        assert_eq!(settled(Said::default(), ""), ListenerLimits::default());
        let of_settings = settled(Said::default(), ALL);
        let shown = format!("{of_settings:?}");
        for number in [
            "1", "Some(2)", "2003", "4", "5", "6", "7", "2008", "9437184", "Some(10)", "Some(11)", "Some(12)",
        ] {
            assert!(shown.contains(&format!(": {number},")), "{number} in {shown}");
        }
        for time in ["Some(13)", "Some(14s)", "Some(15s)", "16s", "Some(17s)", "18s"] {
            assert!(shown.contains(&format!(": {time}")), "{time} in {shown}");
        }
        // What the program says wins, also if it says that there is no limit.
        let program = Said {
            idle: Some(None),
            rate: Some(None),
            max_frame: Some(5000),
            ..Said::default()
        };
        let expected = ListenerLimits {
            idle: None,
            rate: None,
            max_frame: 5000,
            ..of_settings
        };
        assert_eq!(settled(program, ALL), expected);
    }

    #[test]
    fn settings_can_say_that_there_is_no_limit() {
        let limits = settled(Said::default(), "idle = 'never'\nstart_time = 'never'\nrate = 'none'");
        assert_eq!((limits.idle, limits.start_time, limits.rate), (None, None, None));
    }
}
