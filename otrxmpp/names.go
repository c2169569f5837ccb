package otrxmpp

// The names of the original's plugin.

func (MessageReceived) Name() string         { return "message_received" }
func (OTREnabled) Name() string              { return "otr_enabled" }
func (OTRDisabled) Name() string             { return "otr_disabled" }
func (OTRAlreadySetup) Name() string         { return "otr_already_setup" }
func (SMPStarted) Name() string              { return "smp_started" }
func (SMPQuestionUsed) Name() string         { return "smp_question_used" }
func (SMPAborted) Name() string              { return "smp_aborted" }
func (CorrectSecretReceived) Name() string   { return "correct_secret_received" }
func (IncorrectSecretReceived) Name() string { return "incorrect_secret_received" }
func (SecretReceived) Name() string          { return "secret_received" }
func (UnsafeSecretReceived) Name() string    { return "unsafe_secret_received" }

// Names in the same style for the rest.

func (Requested) Name() string       { return "otr_requested" }
func (Tagged) Name() string          { return "otr_tagged" }
func (Unreadable) Name() string      { return "message_unreadable" }
func (PeerError) Name() string       { return "otr_error_received" }
func (OtherEncryption) Name() string { return "other_encryption_received" }
func (Refused) Name() string         { return "message_refused" }
func (Bounced) Name() string         { return "message_bounced" }
func (OtherDevice) Name() string     { return "other_device_used" }
func (NewKey) Name() string          { return "new_key_received" }
func (TrustChanged) Name() string    { return "trust_changed" }
func (Held) Name() string            { return "message_held" }
func (Resent) Name() string          { return "message_resent" }
func (NotSent) Name() string         { return "message_not_sent" }
func (Ignored) Name() string         { return "message_ignored" }

func (MessageReceived) isEvent()         {}
func (OTREnabled) isEvent()              {}
func (OTRDisabled) isEvent()             {}
func (OTRAlreadySetup) isEvent()         {}
func (SMPStarted) isEvent()              {}
func (SMPQuestionUsed) isEvent()         {}
func (SMPAborted) isEvent()              {}
func (CorrectSecretReceived) isEvent()   {}
func (IncorrectSecretReceived) isEvent() {}
func (SecretReceived) isEvent()          {}
func (UnsafeSecretReceived) isEvent()    {}
func (Requested) isEvent()               {}
func (Tagged) isEvent()                  {}
func (Unreadable) isEvent()              {}
func (PeerError) isEvent()               {}
func (OtherEncryption) isEvent()         {}
func (Refused) isEvent()                 {}
func (Bounced) isEvent()                 {}
func (OtherDevice) isEvent()             {}
func (NewKey) isEvent()                  {}
func (TrustChanged) isEvent()            {}
func (Held) isEvent()                    {}
func (Resent) isEvent()                  {}
func (NotSent) isEvent()                 {}
func (Ignored) isEvent()                 {}
