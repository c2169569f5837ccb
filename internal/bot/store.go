package bot

import (
	"context"

	"otrbot/internal/record"
)

// Store keeps what must survive a killed process. It is safe for concurrent use. An account is the bot's bare JID.
type Store interface {
	Learners(ctx context.Context) ([]record.Learner, error)
	// NameLearners says whom the settings name, so that what they choose is kept; Choices are their languages.
	NameLearners(ctx context.Context, list []record.Learner) error
	Choices(ctx context.Context) (map[string]string, error)
	// Enrolled is the part in a course that an address belongs to at present, and its progress; 0: none.
	Enrolled(ctx context.Context, jid string) (id int64, p record.Progress, err error)
	// Secret is the one that was set for a learner; it stays until a Change forgets it.
	Secret(ctx context.Context, jid string) (secret []byte, ok bool, err error)
	Sessions(ctx context.Context) ([]record.Session, error)

	// Commit keeps the whole change or nothing of it, and returns the ids of its Out.
	Commit(ctx context.Context, c record.Change) ([]int64, error)
	// Inbox is what has arrived and is not handled; DropIn is for what needs no answer.
	Inbox(ctx context.Context) ([]record.In, error)
	DropIn(ctx context.Context, id int64) error
	// Outbox is what no stream was ever given; DropOut is for what shall not be sent any more.
	Outbox(ctx context.Context) ([]record.Out, error)
	DropOut(ctx context.Context, ids ...int64) error

	// Changed reports whether another process has written, or a page of this one has left a note, since the last call;
	// Notes is what they want to tell.
	Changed(ctx context.Context) (bool, error)
	Notes(ctx context.Context) ([]record.Note, error)
	NoteDone(ctx context.Context, id int64) error

	// The stream of an account: XEP-0198, see xmpp.Journal.
	Stream(ctx context.Context, account string) (record.Stream, bool, error)
	StreamEnabled(ctx context.Context, account string, s record.Stream) error
	StreamReceived(ctx context.Context, account string, h uint32, stanza []byte) (int64, error)
	StreamSent(ctx context.Context, account string, q record.Queued) error
	StreamAcked(ctx context.Context, account string, seq uint64) error
	StreamEnded(ctx context.Context, account string) ([]record.Queued, error)
}
