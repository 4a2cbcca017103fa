//! What the photographs do not carry: per metric, why its change is withheld, and what to know of one that is told.

macro_rules! notes {
    ($($variant:ident = $code:literal, $words:literal;)*) => {
        /// What to know of a change that is told.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Note { $(#[doc = $words] $variant,)* }

        impl Note {
            /// Every note.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Its stable name in the tables.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }

            /// In plain words.
            #[must_use]
            pub fn words(self) -> &'static str {
                match self { $(Self::$variant => $words),* }
            }
        }
    };
}

notes! {
    PostProcedure = "post_procedure", "the photo was taken within two weeks of a session: redness and roughness may be of the session";
    StatedError = "stated_error", "there are no repeat shots: the error is a stated one";
    SingleShot = "single_shot", "one photo on a side: two or three would show smaller changes";
    AlignmentWarning = "alignment_warning", "the photos lie over one another only roughly";
    LessSkin = "less_skin", "less than 80 % of the region is seen at both visits";
    SofterFocus = "softer_focus", "one of the photos is less sharp";
    LightUnclear = "light_unclear", "the direction of the light could not be told from the photos";
    ScaleFromAlignment = "scale_from_alignment", "the scale of the follow-up was told by the alignment";
    NonResponseEarly = "non_response_early", "fewer than three sessions: it is too early to say that the treatment does not help";
    AgainstControl = "against_control", "colors are not calibrated: they are told against the control in the same photos";
}
