package course

import "errors"

// Errors of a store that callers branch on.
var (
	ErrNone    = errors.New("course: there is none")                       // what was asked for does not exist, or has expired
	ErrKnown   = errors.New("course: this platform is registered already") // the same consumer key, or issuer and client id
	ErrTaken   = errors.New("course: another learner takes part with this address")
	ErrTooMany = errors.New("course: too many tries; wait a while")
)
