package web

import (
	"context"
	"time"

	"otrbot/internal/course"
	"otrbot/internal/record"
	"otrbot/internal/web/class"
)

// Store is what the pages need to have kept. Its errors are those of package course, and those of whatever keeps it.
// It is used by many goroutines at once.
type Store interface {
	Platforms
	Visits
	class.Store

	// Enrol keeps what a launch says of somebody, in place of what was known of the same course.Key.
	Enrol(ctx context.Context, e course.Enrolment, now time.Time) (course.Enrolment, error)
	Enrolment(ctx context.Context, id int64) (course.Enrolment, error)
	// Grade is the newest one; ErrNone without.
	Grade(ctx context.Context, enrolment int64) (course.Grade, error)

	// ClaimAddress answers ErrTaken while another learner takes part with the address.
	ClaimAddress(ctx context.Context, id int64, jid string, now time.Time) error
	// ClaimAgain begins anew with the address that there is. ErrNone without one, ErrTooMany after many.
	ClaimAgain(ctx context.Context, id int64, now time.Time) error
	SetLocale(ctx context.Context, id int64, locale string) error
	// OfferSecret keeps a strong secret, and lets the bot speak about a weak one. ErrTooMany after many.
	OfferSecret(ctx context.Context, id int64, secret []byte, strong bool, now time.Time) error
	HasSecret(ctx context.Context, id int64) (bool, error)
	// Submit gives the bot something to judge; its verdict comes with the note's number. ErrTooMany after many.
	Submit(ctx context.Context, id int64, kind record.NoteKind, text string, now time.Time) (note int64, err error)

	// EnrolmentsChanged tells which were written after a version, and the present version; since 0 it tells only that.
	EnrolmentsChanged(ctx context.Context, since int64) (ids []int64, version int64, err error)
	// SweepCourse erases what has expired, and enrolments not seen for keep; 0 keeps them.
	SweepCourse(ctx context.Context, now time.Time, keep time.Duration) error
}

// Platforms are the learning management systems that may launch.
type Platforms interface {
	Platform(ctx context.Context, id int64) (course.Platform, error)
	PlatformOfKey(ctx context.Context, consumerKey string) (course.Platform, error)
	PlatformOfClient(ctx context.Context, issuer, clientID string) (course.Platform, error)
	UpdatePlatform(ctx context.Context, id int64, change func(*course.Platform) error) error
}

// Visits are found by the hash of their token.
type Visits interface {
	// PutVisit keeps a visit, in place of one with the same token.
	PutVisit(ctx context.Context, v course.Visit) error
	Visit(ctx context.Context, token [32]byte, now time.Time) (course.Visit, error)
	// BindVisit makes a cookie necessary, once, and reports whether this was the time.
	BindVisit(ctx context.Context, token, cookie [32]byte) (bool, error)
}
